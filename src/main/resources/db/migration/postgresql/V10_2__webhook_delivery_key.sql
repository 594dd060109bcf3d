-- merchant_id comes first in every key; the index was made before, so this takes a moment only.
alter table deliveries drop constraint deliveries_pkey;
alter table deliveries add constraint deliveries_key primary key using index deliveries_key;

drop index deliveries_due;
drop index deliveries_by_event;
drop index deliveries_by_endpoint;
drop index deliveries_dead;
drop index deliveries_ended;
