-- Concurrently: payments go on while an index is made. What a broken attempt has left is made anew.

-- Nearly all accounts are open and standard; those never enter the first two. No update changes what is indexed but that of
-- a status, so that balances stay HOT.
drop index concurrently if exists accounts_by_status;
create index concurrently accounts_by_status on accounts (merchant_id, status, created_at, id) where status <> 'open';
drop index concurrently if exists accounts_external;
create index concurrently accounts_external on accounts (merchant_id, created_at, id) where kind = 'external';
drop index concurrently if exists accounts_by_currency;
create index concurrently accounts_by_currency on accounts (merchant_id, currency, created_at, id);

-- The list of transfers has those that belong to no payment, and so do its indexes: a payment's transfers, which are most,
-- never enter them and pay nothing for them.
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
