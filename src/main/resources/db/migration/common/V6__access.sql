alter table api_keys add column last_used_at timestamp with time zone;

-- Kept for good; rows are only ever added.
create table audit_log (
  merchant_id uuid                     not null,
  id          uuid                     not null,
  actor_type  varchar(8)               not null,
  actor_id    varchar(255),
  action      varchar(64)              not null,
  object_type varchar(32)              not null,
  object_id   varchar(64)              not null,
  details     varchar                  not null,
  ip          varchar(64),
  request_id  varchar(128),
  created_at  timestamp with time zone not null,
  constraint audit_log_key primary key (merchant_id, id),
  constraint audit_log_actor check (actor_type in ('key', 'token', 'operator', 'system'))
);

create index audit_log_by_object on audit_log (merchant_id, object_id, id);
