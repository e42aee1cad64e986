-- What the tables of a store of version 1 gain.
ALTER TABLE inbox ADD COLUMN ordinal {int64};
ALTER TABLE inbox ADD COLUMN stood_for_known {int64};
