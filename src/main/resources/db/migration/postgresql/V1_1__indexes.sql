-- Partial indexes hold only the rows that are ever looked for; H2 has none of these.

create unique index transfers_from_entry on transfers (merchant_id, from_account, from_entry) where from_entry is not null;
create unique index transfers_to_entry on transfers (merchant_id, to_account, to_entry) where to_entry is not null;
create unique index payments_reference on payments (merchant_id, reference) where reference is not null;
create index payments_processing on payments (resolves_by) where status = 'processing';
create index deliveries_due on deliveries (next_attempt_at) where state = 'pending';

-- Balances change with every payment and no index covers them: leave room for HOT updates.
alter table accounts set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
alter table payments set (fillfactor = 90);
