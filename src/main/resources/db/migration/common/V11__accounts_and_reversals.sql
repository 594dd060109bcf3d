-- last_entry_at: the time of the account's latest entry, before which no later one is dated. Null until the first entry
-- after this migration.
alter table accounts add column status varchar(6) default 'open' not null;
alter table accounts add column last_entry_at timestamp with time zone;

-- A reversal is a transfer that gives back what another one moved.
alter table transfers add column reverses uuid;
alter table transfers add column reason varchar(500);
