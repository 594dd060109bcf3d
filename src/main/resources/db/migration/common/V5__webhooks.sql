-- What is not told of a payment has none: a test, or an endpoint that was disabled.
alter table events alter column payment_id drop not null;

-- events is '*', or names of types with a blank before and after each.
-- slot is a hexadecimal digit: it limits a merchant's endpoints, and makes ids of deliveries out of those of events.
create table webhook_endpoints (
  id                     uuid primary key,
  merchant_id            uuid                     not null references merchants (id),
  slot                   char(1)                  not null,
  url                    varchar(2048)            not null,
  events                 varchar(1000)            not null,
  description            varchar(500),
  enabled                boolean                  not null,
  disabled_reason        varchar(500),
  failing_since          timestamp with time zone,
  secret                 bytea                    not null,
  secret_key_id          varchar(16)              not null,
  previous_secret        bytea,
  previous_secret_key_id varchar(16),
  previous_secret_until  timestamp with time zone,
  recovering_since       timestamp with time zone,
  recovering_until       timestamp with time zone,
  recovered_to           uuid,
  created_at             timestamp with time zone not null,
  constraint webhook_endpoints_slot unique (merchant_id, slot)
);

create index webhook_endpoints_by_merchant on webhook_endpoints (merchant_id, id);

create table delivery_attempts (
  merchant_id  uuid                     not null,
  delivery_id  uuid                     not null,
  id           uuid                     not null,
  started_at   timestamp with time zone not null,
  duration_ms  integer                  not null,
  http_status  integer,
  error        varchar(500),
  excerpt      varchar(512),
  constraint delivery_attempts_key primary key (merchant_id, delivery_id, id)
);

-- Whether an endpoint has been sent an event already.
create index deliveries_by_event on deliveries (event_id, endpoint_id);
