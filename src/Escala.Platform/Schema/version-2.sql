-- What is kept besides the ledger since version 2: who may come in, and what was refused. Not entries, never exchanged, part of a backup.
CREATE TABLE IF NOT EXISTS account (
  account {bytes} PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  pin TEXT NOT NULL,
  made_at {int64} NOT NULL,
  disabled_at {int64}
);
CREATE UNIQUE INDEX IF NOT EXISTS account_name ON account (name);

-- Places of an account's scope. An entry may come late: what was said under an earlier scope is still taken.
CREATE TABLE IF NOT EXISTS account_place (
  account {bytes} NOT NULL,
  place TEXT NOT NULL,
  ended_at {int64},
  PRIMARY KEY (account, place)
);

-- The key seals what lies on the device; a revoked device has none any more.
CREATE TABLE IF NOT EXISTS device (
  device {bytes} PRIMARY KEY,
  name TEXT NOT NULL,
  device_key {bytes},
  enrolled_at {int64} NOT NULL,
  seen_at {int64} NOT NULL,
  clock_ahead {int64},
  revoked_at {int64}
);

CREATE TABLE IF NOT EXISTS device_account (
  device {bytes} NOT NULL,
  account {bytes} NOT NULL,
  since {int64} NOT NULL,
  PRIMARY KEY (device, account)
);

-- By SHA-256: the token itself is only with its holder.
CREATE TABLE IF NOT EXISTS token (
  hash {bytes} PRIMARY KEY,
  account {bytes} NOT NULL,
  device {bytes},
  made_at {int64} NOT NULL,
  used_at {int64} NOT NULL
);
CREATE INDEX IF NOT EXISTS token_account ON token (account);

-- Entries of devices that could not be taken, as they came, until somebody has settled them.
CREATE TABLE IF NOT EXISTS refused_entry (
  number {int64} PRIMARY KEY,
  digest {bytes} NOT NULL,
  id {bytes},
  subject {bytes},
  facility TEXT,
  kind TEXT,
  content {bytes} NOT NULL,
  problem TEXT NOT NULL,
  account {bytes},
  device {bytes},
  received_at {int64} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS refused_entry_digest ON refused_entry (digest);
CREATE INDEX IF NOT EXISTS refused_entry_id ON refused_entry (id);

-- What became of entries that had been refused: told to the device that still shows one as refused, and at the office. Never what was said in them.
CREATE TABLE IF NOT EXISTS settled_entry (
  id {bytes} PRIMARY KEY,
  outcome TEXT NOT NULL,
  kind TEXT,
  facility TEXT,
  account {bytes},
  device {bytes},
  settled_by TEXT,
  reason TEXT,
  settled_at {int64} NOT NULL
);

-- Keyed hashes of the identifiers of people who were erased, so that nobody brings them back unawares.
CREATE TABLE IF NOT EXISTS erased_number (
  hash {bytes} PRIMARY KEY
);

-- Who looked at whom. Each line's hash covers the line before, so that none can be taken out unseen.
CREATE TABLE IF NOT EXISTS access_log (
  number {int64} PRIMARY KEY,
  at {int64} NOT NULL,
  account {bytes},
  device {bytes},
  action TEXT NOT NULL,
  place TEXT,
  subject {bytes},
  entries {int64} NOT NULL,
  chain {bytes} NOT NULL
);
