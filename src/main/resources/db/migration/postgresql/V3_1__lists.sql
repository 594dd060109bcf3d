-- What succeeds in one commit, as nearly all payments do, never enters these.

-- Payments that wait for something or went wrong.
create index payments_by_status on payments (merchant_id, status, created_at) where status <> 'succeeded';

-- Every type of event but the most frequent one.
create index events_by_type on events (merchant_id, type, id) where type <> 'payment.succeeded';

-- With the usual hundred buckets, one amount in ten thousand looks like one in a hundred, and the planner goes through
-- all payments by time instead of fetching a few by amount.
alter table payments alter column amount set statistics 1000;
