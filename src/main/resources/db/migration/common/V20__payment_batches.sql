-- A batch says what became of each of its items. status is 'preparing' while its items are being stored, and 'refused' for an
-- atomic one that was; neither is shown. Whoever carries it out holds the lease, and run counts those who did: what an earlier
-- one still writes finds another number. Items that are in no count were not started.
create table payment_batches (
  merchant_id       uuid                     not null,
  id                uuid                     not null,
  status            varchar(10)              not null,
  mode              varchar(11)              not null,
  on_failure        varchar(8)               not null,
  reference         varchar,
  metadata          varchar                  not null,
  items             integer                  not null,
  succeeded_items   integer                  not null,
  authorized_items  integer                  not null,
  in_review_items   integer                  not null,
  declined_items    integer                  not null,
  failed_items      integer                  not null,
  processing_items  integer                  not null,
  unknown_items     integer                  not null,
  background        boolean                  not null,
  begins            boolean                  not null,
  granted_ms        integer                  not null,
  used_ms           integer                  not null,
  ends_at           timestamp with time zone not null,
  run               integer                  not null,
  rests             integer                  not null,
  lease_until       timestamp with time zone not null,
  created_at        timestamp with time zone not null,
  completed_at      timestamp with time zone,
  constraint payment_batches_key primary key (merchant_id, id),
  constraint payment_batches_counts check (succeeded_items >= 0 and authorized_items >= 0 and in_review_items >= 0
    and declined_items >= 0 and failed_items >= 0 and processing_items >= 0 and unknown_items >= 0
    and succeeded_items + authorized_items + in_review_items + declined_items + failed_items + processing_items
      + unknown_items <= items)
);

-- body is what was asked for, until the item has ended. attempt is more than 0 only after a crash.
create table payment_batch_items (
  merchant_id       uuid                     not null,
  batch_id          uuid                     not null,
  position          integer                  not null,
  reference         varchar                  not null,
  body              varchar,
  status            varchar(11)              not null,
  attempt           integer                     not null,
  payment_id        uuid,
  code              varchar(40),
  detail            varchar,
  constraint payment_batch_items_key primary key (merchant_id, batch_id, position)
);

alter table payments add column batch_id uuid;
