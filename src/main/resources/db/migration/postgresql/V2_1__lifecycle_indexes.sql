create index payments_expiring on payments (expires_at) where status in ('authorized', 'in_review');

-- Keys are only ever added, in order of time: a block range index says as much and costs next to nothing.
create index idempotency_keys_by_age on idempotency_keys using brin (created_at) with (pages_per_range = 32);
