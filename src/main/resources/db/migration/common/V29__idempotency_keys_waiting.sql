-- Keys of requests that have stored nothing yet, because their commands wait for a lock of another transaction: so that other
-- replicas do not tell a repetition that nothing happened.
create table idempotency_keys_waiting (
  merchant_id     uuid                     not null,
  operation       varchar(300)             not null,
  idempotency_key varchar(255)             not null,
  request_id      uuid                     not null,
  replica_id      uuid                     not null,
  fingerprint     varchar(43)              not null,
  runs_until      timestamp with time zone not null,
  kept_until      timestamp with time zone not null,
  constraint idempotency_keys_waiting_key primary key (merchant_id, operation, idempotency_key, request_id)
);
