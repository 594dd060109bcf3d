-- Each row is one movement of a payment's money that its merchant asked for; the transfer that moved
-- it is in transfers. Written by the journal, in the transaction of the movement.

create table captures (
  merchant_id uuid                     not null,
  id          uuid                     not null,
  payment_id  uuid                     not null,
  transfer_id uuid                     not null,
  amount      bigint                   not null,
  is_final    boolean                  not null,
  granted_ms  integer                  not null,
  used_ms     integer                  not null,
  created_at  timestamp with time zone not null,
  constraint captures_key primary key (merchant_id, id),
  constraint captures_amount check (amount > 0)
);

create index captures_by_payment on captures (merchant_id, payment_id, id);

create table refunds (
  merchant_id uuid                     not null,
  id          uuid                     not null,
  payment_id  uuid                     not null,
  transfer_id uuid                     not null,
  amount      bigint                   not null,
  reason      varchar(500),
  granted_ms  integer                  not null,
  used_ms     integer                  not null,
  created_at  timestamp with time zone not null,
  constraint refunds_key primary key (merchant_id, id),
  constraint refunds_amount check (amount > 0)
);

create index refunds_by_payment on refunds (merchant_id, payment_id, id);
