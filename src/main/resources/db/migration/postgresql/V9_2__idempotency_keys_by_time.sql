-- Pages of keys that were deleted are used again, and then a block range index, which says between which instants the keys
-- of some pages were claimed, says nothing. Whoever is interrupted here starts again with what is left of the index.
set lock_timeout = 0;
drop index concurrently if exists idempotency_keys_by_time;
create index concurrently idempotency_keys_by_time on idempotency_keys (created_at);
drop index concurrently if exists idempotency_keys_by_age;
