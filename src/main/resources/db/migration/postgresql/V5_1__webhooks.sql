create index deliveries_by_endpoint on deliveries (endpoint_id, id) where endpoint_id is not null;
create index deliveries_dead on deliveries (endpoint_id, id) where state = 'dead';
create index deliveries_ended on deliveries (created_at) where state <> 'pending';

-- A delivery is updated two or three times in its first second.
alter table deliveries set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
