-- Derived from the ledger, one set of tables a generation: a new one is built beside the old and switched to at once.
CREATE TABLE person_{generation} (
  person {int64} PRIMARY KEY,
  id {bytes} NOT NULL,
  merged_into {int64},
  head {int64} NOT NULL,
  erased {int64} NOT NULL
);
CREATE UNIQUE INDEX person_{generation}_id ON person_{generation} (id);
CREATE INDEX person_{generation}_merged ON person_{generation} (head) WHERE head <> person;

CREATE TABLE identifier_{generation} (
  system TEXT NOT NULL,
  value TEXT NOT NULL,
  person {int64} NOT NULL,
  retired {int64} NOT NULL,
  PRIMARY KEY (system, value, person)
){clustered};

CREATE TABLE facility_{generation} (
  facility {int64} PRIMARY KEY,
  code TEXT NOT NULL
);

CREATE TABLE timeline_{generation} (
  person {int64} PRIMARY KEY,
  content {bytes} NOT NULL
);

-- Who has a row or a registration at a facility, and from which position on; earlier: something was said about the person before that.
CREATE TABLE presence_{generation} (
  facility {int64} NOT NULL,
  person {int64} NOT NULL,
  since {int64} NOT NULL,
  earlier {int64} NOT NULL,
  PRIMARY KEY (facility, person)
){clustered};
CREATE INDEX presence_{generation}_since ON presence_{generation} (facility, since);

-- Entries about a person that are no rows: registrations, consents, calls, forms, merges.
CREATE TABLE statement_{generation} (
  person {int64} NOT NULL,
  position {int64} NOT NULL,
  PRIMARY KEY (person, position)
){clustered};
