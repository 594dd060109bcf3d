-- Timelines are dropped by the day (TimelineRetention): to delete them row by row would cost as much as to write them.
-- A partition's name tells the day, in UTC, before which all of it was opened. What there is already becomes the first one;
-- it may hold rows of a replica whose clock is ahead.
do $$
declare
  bound constant date := (now() at time zone 'UTC')::date + 2;
  existing constant text := 'payment_timelines_before_' || to_char(bound, 'YYYYMMDD');
begin
  execute format('alter table payment_timelines rename to %I', existing);
  execute format('alter table %I rename constraint payment_timelines_key to %I', existing, existing || '_key');
  create table payment_timelines (
    merchant_id uuid                     not null,
    payment_id  uuid                     not null,
    opened_at   timestamp with time zone not null,
    body        varchar                  not null,
    constraint payment_timelines_key primary key (merchant_id, payment_id, opened_at)
  ) partition by range (opened_at);
  execute format('alter table payment_timelines attach partition %I for values from (minvalue) to (%L)',
                 existing, bound || ' 00:00:00+00');
end $$;
