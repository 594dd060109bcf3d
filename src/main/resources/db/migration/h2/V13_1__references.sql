-- A reference is free again once its payment has come to nothing.
drop index payments_reference;
alter table payments add column live_reference varchar(510) generated always as
  (case when status in ('declined', 'failed', 'canceled', 'expired') then null else reference end);
create unique index payments_live_reference on payments (merchant_id, live_reference);
create index payments_by_reference on payments (merchant_id, reference);
