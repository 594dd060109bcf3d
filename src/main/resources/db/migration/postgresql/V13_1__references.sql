-- A reference is free again once its payment has come to nothing, so each payment is in one of these two. Replicas of the
-- release before refuse it until they are gone.
set lock_timeout = 0;
drop index concurrently if exists payments_live_reference;
create unique index concurrently payments_live_reference on payments (merchant_id, reference)
  where reference is not null and status not in ('declined', 'failed', 'canceled', 'expired');
drop index concurrently if exists payments_dead_reference;
create index concurrently payments_dead_reference on payments (merchant_id, reference)
  where reference is not null and status in ('declined', 'failed', 'canceled', 'expired');
drop index concurrently if exists payments_reference;
