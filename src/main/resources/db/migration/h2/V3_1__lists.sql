create index payments_by_status on payments (merchant_id, status, created_at);
create index events_by_type on events (merchant_id, type, id);
