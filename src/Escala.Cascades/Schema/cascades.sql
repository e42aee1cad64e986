-- Derived from the ledger, one set of tables a generation, kept in the same transaction as the entry. Where the engine has parts of tables, counters
-- have one a window: live entries change the rows of a month or two, and only those parts are rewritten, vacuumed and sent to replicas.
CREATE TABLE counter_{generation} (
  window_number {int64} NOT NULL,
  facility {int64} NOT NULL,
  content {bytes} NOT NULL,
  PRIMARY KEY (window_number, facility)
){clustered}{by_window};
CREATE INDEX counter_{generation}_facility ON counter_{generation} (facility, window_number);

-- Which sources ever brought rows of a facility, and the first day that any of them was of.
CREATE TABLE facility_source_{generation} (
  facility {int64} NOT NULL,
  source TEXT NOT NULL,
  first_day {int64} NOT NULL,
  PRIMARY KEY (facility, source)
){clustered};

-- From which day to which a source said that a facility's register is in (window_number -1), and how many rows it has in a window
-- (complete_from -1); facility '' is every facility of the source.
CREATE TABLE declaration_{generation} (
  source TEXT NOT NULL,
  facility TEXT NOT NULL,
  window_number {int64} NOT NULL,
  complete_from {int64} NOT NULL,
  complete_up_to {int64},
  rows_expected {int64},
  PRIMARY KEY (source, facility, window_number, complete_from)
){clustered};

-- Counts that a facility took from its paper register: of a step and window the last said.
CREATE TABLE tally_{generation} (
  facility TEXT NOT NULL,
  window_number {int64} NOT NULL,
  step TEXT NOT NULL,
  numerator {int64} NOT NULL,
  denominator {int64} NOT NULL,
  register TEXT,
  position {int64} NOT NULL,
  PRIMARY KEY (facility, window_number, step)
){clustered};
