-- merchant_id comes first in every key: it is what a distributed PostgreSQL would shard on.
-- There are no foreign keys on the rows that the journal writes: it has read, and locked, the accounts
-- in the same transaction, and accounts and merchants are never deleted.

create table merchants (
  id              uuid primary key,
  name            varchar(200)             not null,
  deadline_max_ms integer,
  created_at      timestamp with time zone not null
);

create table api_keys (
  id          uuid primary key,
  merchant_id uuid                     not null references merchants (id),
  name        varchar(200)             not null,
  secret_hash bytea                    not null,
  scopes      varchar(400)             not null,
  created_at  timestamp with time zone not null,
  expires_at  timestamp with time zone,
  revoked_at  timestamp with time zone,
  constraint api_keys_secret unique (secret_hash)
);

create index api_keys_by_merchant on api_keys (merchant_id, id);

create table accounts (
  merchant_id     uuid                     not null references merchants (id),
  id              varchar(64)              not null,
  currency        char(3)                  not null,
  name            varchar(200),
  kind            varchar(8)               not null,
  overdraft_limit bigint                   not null,
  metadata        varchar                  not null,
  posted          bigint                   not null,
  pending_out     bigint                   not null,
  pending_in      bigint                   not null,
  entry_count     bigint                   not null,
  created_at      timestamp with time zone not null,
  constraint accounts_key primary key (merchant_id, id),
  constraint accounts_kind check (kind in ('standard', 'external')),
  constraint accounts_overdraft check (overdraft_limit >= 0),
  constraint accounts_pending check (pending_out >= 0 and pending_in >= 0),
  constraint accounts_available check (kind = 'external' or posted - pending_out + overdraft_limit >= 0)
);

-- A transfer is one row with both of its sides, so its entries cannot fail to sum to zero.
create table transfers (
  merchant_id        uuid                     not null,
  id                 uuid                     not null,
  from_account       varchar(64)              not null,
  to_account         varchar(64)              not null,
  amount             bigint                   not null,
  currency           char(3)                  not null,
  state              varchar(8)               not null,
  payment_id         uuid,
  reference          varchar(255),
  metadata           varchar                  not null,
  created_at         timestamp with time zone not null,
  expires_at         timestamp with time zone,
  ended_at           timestamp with time zone,
  from_entry         bigint,
  to_entry           bigint,
  from_balance_after bigint,
  to_balance_after   bigint,
  constraint transfers_key primary key (merchant_id, id),
  constraint transfers_amount check (amount > 0),
  constraint transfers_sides check (from_account <> to_account),
  constraint transfers_state check (state in ('pending', 'posted', 'voided', 'expired')),
  constraint transfers_ended check ((state = 'pending') = (ended_at is null)),
  constraint transfers_entries check (
    (state = 'posted' and from_entry is not null and to_entry is not null
      and from_balance_after is not null and to_balance_after is not null)
    or (state <> 'posted' and from_entry is null and to_entry is null
      and from_balance_after is null and to_balance_after is null))
);

create view entries as
  select merchant_id, from_account as account_id, from_entry as number, id as transfer_id, -amount as amount,
         currency, from_balance_after as balance_after, payment_id, reference, ended_at as created_at
    from transfers where from_entry is not null
  union all
  select merchant_id, to_account, to_entry, id, amount,
         currency, to_balance_after, payment_id, reference, ended_at
    from transfers where to_entry is not null;

create table idempotency_keys (
  merchant_id     uuid                     not null,
  operation       varchar(300)             not null,
  idempotency_key varchar(255)             not null,
  fingerprint     varchar(43)              not null,
  object_id       uuid,
  refusal         varchar(40),
  detail          varchar(1000),
  runs_until      timestamp with time zone not null,
  created_at      timestamp with time zone not null,
  constraint idempotency_keys_key primary key (merchant_id, operation, idempotency_key),
  constraint idempotency_keys_meaning check ((object_id is null) <> (refusal is null))
);

create table payments (
  merchant_id        uuid                     not null,
  id                 uuid                     not null,
  status             varchar(10)              not null,
  amount             bigint                   not null,
  currency           char(3)                  not null,
  payer              varchar(64)              not null,
  payee              varchar(64)              not null,
  capture_method     varchar(9)               not null,
  amount_captured    bigint                   not null,
  amount_refunded    bigint                   not null,
  reference          varchar(255),
  description        varchar(1000),
  metadata           varchar                  not null,
  fraud_decision     varchar(7),
  fraud_score        integer,
  fraud_reasons      varchar,
  fraud_source       varchar(8),
  failure_code       varchar(40),
  failure_detail     varchar(1000),
  failure_dependency varchar(20),
  answer_status      integer,
  granted_ms         integer                  not null,
  used_ms            integer                  not null,
  hold_id            uuid,
  hold_seconds       integer                  not null,
  event_count        integer                  not null,
  created_at         timestamp with time zone not null,
  resolves_by        timestamp with time zone not null,
  authorized_at      timestamp with time zone,
  captured_at        timestamp with time zone,
  canceled_at        timestamp with time zone,
  expires_at         timestamp with time zone,
  constraint payments_key primary key (merchant_id, id),
  constraint payments_amounts check (amount > 0 and amount_captured between 0 and amount
    and amount_refunded between 0 and amount_captured),
  constraint payments_status check (status in ('processing', 'in_review', 'authorized', 'succeeded',
    'declined', 'failed', 'canceled', 'expired'))
);

create index payments_by_payer on payments (merchant_id, payer, created_at);

-- An event is written with the change that it tells of. The rest of its life is in deliveries.
create table events (
  merchant_id uuid                     not null,
  id          uuid                     not null,
  payment_id  uuid                     not null,
  sequence    integer                  not null,
  type        varchar(40)              not null,
  created_at  timestamp with time zone not null,
  data        varchar                  not null,
  constraint events_key primary key (merchant_id, id)
);

-- Diagnostics, written behind the payment and without waiting for the disk.
create table payment_timelines (
  merchant_id uuid                     not null,
  payment_id  uuid                     not null,
  opened_at   timestamp with time zone not null,
  body        varchar                  not null,
  constraint payment_timelines_key primary key (merchant_id, payment_id, opened_at)
);

create table fraud_rule_sets (
  merchant_id uuid primary key references merchants (id),
  version     bigint                   not null,
  body        varchar                  not null,
  updated_at  timestamp with time zone not null
);

-- endpoint_id is null for the receiver that the operator configured (quittance.notification.url).
create table deliveries (
  id              uuid primary key,
  merchant_id     uuid                     not null,
  event_id        uuid                     not null,
  endpoint_id     uuid,
  state           varchar(9)               not null,
  attempts        integer                  not null,
  next_attempt_at timestamp with time zone not null,
  last_status     integer,
  last_error      varchar(500),
  created_at      timestamp with time zone not null,
  delivered_at    timestamp with time zone,
  constraint deliveries_state check (state in ('pending', 'delivered', 'dead'))
);
