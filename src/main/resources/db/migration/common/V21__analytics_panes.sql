-- What happened in one second, minute or hour (step, in seconds) to one metric of one merchant under one set of labels. Every
-- pane is a sum, so that a window is a sum of panes. labels is the canonical text of io.quittance.analytics.pane.Labels.
create table analytics_panes (
  merchant_id uuid                     not null,
  metric      varchar(80)              not null,
  step        integer                  not null,
  starts_at   timestamp with time zone not null,
  labels      varchar(2000)            not null,
  occurrences bigint                   not null,
  amount      numeric(38)              not null,
  constraint analytics_panes_key primary key (merchant_id, metric, step, starts_at, labels),
  constraint analytics_panes_step check (step in (1, 60, 3600))
);

-- For what is too old for its step; rows are added, and never moved in time.
create index analytics_panes_by_age on analytics_panes (step, starts_at);

-- What became of each merchant's interaction events, for good and exactly.
create table analytics_totals (
  merchant_id        uuid primary key,
  accepted           bigint default 0 not null,
  duplicates         bigint default 0 not null,
  late               bigint default 0 not null,
  rejected           bigint default 0 not null,
  enrichment_done    bigint default 0 not null,
  enrichment_pending bigint default 0 not null,
  enrichment_failed  bigint default 0 not null
);
