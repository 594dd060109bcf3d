-- Each entry carries the hash of all entries of its account up to it; the account keeps the latest.
-- Null on entries from before this migration: an account's chain starts with its first entry after it.
alter table transfers add column from_hash bytea;
alter table transfers add column to_hash bytea;
alter table accounts add column chain_head bytea;
