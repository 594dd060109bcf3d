-- Without a lock that payments would wait for; so not in a transaction, and repeatable if it was cut off.
set lock_timeout = 0;

drop index concurrently if exists deliveries_key;
create unique index concurrently deliveries_key on deliveries (merchant_id, id);

-- What is due, endpoint by endpoint: a backlog of one is never walked for another.
drop index concurrently if exists deliveries_waiting;
create index concurrently deliveries_waiting on deliveries (merchant_id, endpoint_id, next_attempt_at) where state = 'pending';

-- What has failed before; a half-open endpoint is tried with the oldest of it. Payments write nothing here.
drop index concurrently if exists deliveries_tried;
create index concurrently deliveries_tried on deliveries (merchant_id, endpoint_id, id) where state = 'pending' and attempts > 0;

drop index concurrently if exists deliveries_of_event;
create index concurrently deliveries_of_event on deliveries (merchant_id, event_id, endpoint_id);
drop index concurrently if exists deliveries_of_endpoint;
create index concurrently deliveries_of_endpoint on deliveries (merchant_id, endpoint_id, id) where endpoint_id is not null;
drop index concurrently if exists deliveries_dead_of_endpoint;
create index concurrently deliveries_dead_of_endpoint on deliveries (merchant_id, endpoint_id, id) where state = 'dead';
drop index concurrently if exists deliveries_old;
create index concurrently deliveries_old on deliveries (merchant_id, created_at) where state <> 'pending';

drop index concurrently if exists webhook_endpoints_recovering;
create index concurrently webhook_endpoints_recovering on webhook_endpoints (merchant_id, id) where recovering_since is not null;
