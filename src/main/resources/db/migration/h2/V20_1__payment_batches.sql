create index payments_by_batch on payments (merchant_id, batch_id, created_at, id);
create index payment_batches_open on payment_batches (status, lease_until);
