-- Derived from the ledger, one set of tables a generation, kept in the same transaction as the entry.
CREATE TABLE counter_{generation} (
  window_number {int64} NOT NULL,
  facility {int64} NOT NULL,
  content {bytes} NOT NULL,
  PRIMARY KEY (window_number, facility)
){clustered};
CREATE INDEX counter_{generation}_facility ON counter_{generation} (facility, window_number);

CREATE TABLE facility_source_{generation} (
  facility {int64} NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (facility, source)
){clustered};

-- Up to which day a source said that a facility's register is in, and how many rows it has; facility '' is every facility of the source.
CREATE TABLE declaration_{generation} (
  source TEXT NOT NULL,
  facility TEXT NOT NULL,
  complete_up_to {int64},
  window_number {int64} NOT NULL,
  rows_expected {int64},
  PRIMARY KEY (source, facility, window_number)
){clustered};
