-- The ledger: the only thing that is written. Tables only ever gain nullable columns.
CREATE TABLE store_info (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- The part of an envelope that many entries share (kind, form, programme version, author, device, source …), canonical JSON by content.
CREATE TABLE origin (
  origin {int64} PRIMARY KEY,
  hash {bytes} NOT NULL,
  content {bytes} NOT NULL
);

CREATE TABLE entry (
  position {int64} PRIMARY KEY,
  id {bytes} NOT NULL,
  origin {int64} NOT NULL,
  subject {bytes},
  facility TEXT,
  event_day {int64} NOT NULL,
  recorded_at {int64} NOT NULL,
  received_at {int64} NOT NULL,
  sequence {int64} NOT NULL,
  replaces {bytes},
  withdraws {bytes},
  based_on {int64},
  body_hash {bytes} NOT NULL,
  chain {bytes} NOT NULL
);

CREATE UNIQUE INDEX entry_id ON entry (id);

-- Bodies lie apart: erased by law, the chain still verifies. An erased body has neither salt nor content.
CREATE TABLE body (
  position {int64} PRIMARY KEY,
  salt {bytes},
  content {bytes}
);

-- What could not be taken, exactly as it came, until a person has mended it or what it waits for has arrived. Not entries: nobody vouches for them yet.
CREATE TABLE inbox (
  number {int64} PRIMARY KEY,
  source TEXT NOT NULL,
  batch TEXT NOT NULL,
  line {int64} NOT NULL,
  layout TEXT NOT NULL,
  content {bytes} NOT NULL,
  content_hash {int64} NOT NULL,
  problems TEXT NOT NULL,
  person TEXT,
  waits_for TEXT,
  received_at {int64} NOT NULL,
  ordinal {int64},
  stood_for_known {int64}
);
CREATE INDEX inbox_waits ON inbox (waits_for);
CREATE INDEX inbox_content ON inbox (content_hash);

-- Rows of a large import that are in the ledger and not yet counted: until its one switch, or until it is run again after an interruption.
CREATE TABLE staging (
  batch TEXT PRIMARY KEY,
  first_position {int64} NOT NULL,
  lines_done {int64} NOT NULL
);
