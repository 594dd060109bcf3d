create index deliveries_by_endpoint on deliveries (endpoint_id, state, id);
create index deliveries_ended on deliveries (state, created_at);
