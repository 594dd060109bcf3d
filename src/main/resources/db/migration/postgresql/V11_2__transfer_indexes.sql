-- The list of transfers has those that belong to no payment, and so do its indexes: a payment's transfers, which are most,
-- never enter them and pay nothing for them.
-- Concurrently: payments go on while an index is made. What a broken attempt has left is made anew.
drop index concurrently if exists transfers_by_time;
create index concurrently transfers_by_time on transfers (merchant_id, created_at, id) where payment_id is null;
drop index concurrently if exists transfers_by_from;
create index concurrently transfers_by_from on transfers (merchant_id, from_account, created_at, id) where payment_id is null;
drop index concurrently if exists transfers_by_to;
create index concurrently transfers_by_to on transfers (merchant_id, to_account, created_at, id) where payment_id is null;
drop index concurrently if exists transfers_by_reference;
create index concurrently transfers_by_reference on transfers (merchant_id, reference, created_at, id)
  where payment_id is null and reference is not null;

-- How much of a transfer is given back already.
drop index concurrently if exists transfers_reversals;
create index concurrently transfers_reversals on transfers (merchant_id, reverses) where reverses is not null;
