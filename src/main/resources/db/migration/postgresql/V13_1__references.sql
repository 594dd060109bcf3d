-- A reference is free again once its payment has come to nothing. Each payment is in one of these two.
drop index payments_reference;
create unique index payments_reference on payments (merchant_id, reference)
  where reference is not null and status not in ('declined', 'failed', 'canceled', 'expired');
create index payments_dead_reference on payments (merchant_id, reference)
  where reference is not null and status in ('declined', 'failed', 'canceled', 'expired');
