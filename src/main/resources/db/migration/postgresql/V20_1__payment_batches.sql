-- Concurrently: payments go on while an index is made. Those that are in no batch never enter it.
set lock_timeout = 0;
drop index concurrently if exists payments_by_batch;
create index concurrently payments_by_batch on payments (merchant_id, batch_id, created_at, id) where batch_id is not null;
drop index concurrently if exists payment_batches_open;
create index concurrently payment_batches_open on payment_batches (lease_until) where status in ('preparing', 'processing');
