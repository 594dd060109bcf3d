create unique index transfers_from_entry on transfers (merchant_id, from_account, from_entry);
create unique index transfers_to_entry on transfers (merchant_id, to_account, to_entry);
create unique index payments_reference on payments (merchant_id, reference);
create index payments_processing on payments (status, resolves_by);
create index deliveries_due on deliveries (state, next_attempt_at);
