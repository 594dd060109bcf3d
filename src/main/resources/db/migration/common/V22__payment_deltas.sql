-- What a batch of the journal changed about a merchant's payments, written in its transaction. A roll-up takes these rows
-- and adds them to the panes in one transaction, so each counts exactly once.
create table analytics_payment_deltas (
  merchant_id uuid  not null,
  id          uuid  not null,
  payload     bytea not null,
  constraint analytics_payment_deltas_key primary key (merchant_id, id)
);

-- Payments of releases before this one are not in the panes, and changes of them must not be either.
alter table payments add column counted boolean default false not null;

-- Whoever rolls up a merchant's deltas holds its row; others pass it over. events counts those of payments that the panes
-- have in them.
create table analytics_roll_ups (
  merchant_id uuid primary key,
  events      bigint default 0 not null
);

-- The values that a label of a merchant's payments has panes for; those beyond the limit count as "other", for good.
create table analytics_payment_labels (
  merchant_id uuid         not null,
  label       varchar(20)  not null,
  label_value varchar(255) not null,
  constraint analytics_payment_labels_key primary key (merchant_id, label, label_value)
);
