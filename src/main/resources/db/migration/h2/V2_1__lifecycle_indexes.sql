create index payments_expiring on payments (status, expires_at);
create index idempotency_keys_by_age on idempotency_keys (created_at);
