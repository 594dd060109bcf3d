-- The span that an event comes from (W3C traceparent), for the deliveries of it; null: it was not recorded.
alter table events add column traceparent varchar(55);
