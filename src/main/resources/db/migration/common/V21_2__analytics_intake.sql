-- The types, values of labels and payees that have panes of their own; others are counted as "other". The row in
-- analytics_totals is locked by whoever adds names, so that replicas together keep to the limits.
create table analytics_names (
  merchant_id uuid         not null,
  space       varchar(60)  not null,
  name        varchar(200) not null,
  constraint analytics_names_key primary key (merchant_id, space, name)
);

-- Bodies that were sent under a key, and what was answered.
create table analytics_bodies (
  merchant_id     uuid                     not null,
  idempotency_key varchar(255)             not null,
  fingerprint     varchar(43)              not null,
  answer          varchar                  not null,
  created_at      timestamp with time zone not null,
  constraint analytics_bodies_key primary key (merchant_id, idempotency_key)
);
create index analytics_bodies_by_time on analytics_bodies (created_at);

-- One row for each commit of events, under its first merchant: whoever got no answer to a commit finds out here.
create table analytics_commits (
  merchant_id uuid                     not null,
  id          uuid                     not null,
  created_at  timestamp with time zone not null,
  constraint analytics_commits_key primary key (merchant_id, id)
);
create index analytics_commits_by_time on analytics_commits (created_at);

-- Events that are counted, and whose payments are still to be looked up.
create table analytics_pending (
  merchant_id uuid                     not null,
  id          uuid                     not null,
  content     bytea                    not null,
  created_at  timestamp with time zone not null,
  constraint analytics_pending_key primary key (merchant_id, id)
);
create index analytics_pending_by_time on analytics_pending (created_at);
