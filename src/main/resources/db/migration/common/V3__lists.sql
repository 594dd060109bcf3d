-- For lists, newest first; payments_by_payer (V1) serves velocity rules and the search by payer alike.
-- created_at ends these keys without an id: payments of one batch share it, so that PostgreSQL keeps
-- an instant once for all of them, and sorting one batch by id costs next to nothing.

-- All payments, a span of time, and filters that most payments meet.
create index payments_by_time on payments (merchant_id, created_at);

create index payments_by_payee on payments (merchant_id, payee, created_at);

-- Rare currencies and rare amounts; amounts are few, and kept once each.
create index payments_by_amount on payments (merchant_id, currency, amount);

-- An account's indexed columns never change, so its updates stay HOT.
create index accounts_by_time on accounts (merchant_id, created_at, id);

-- The events of one payment; and the last word on their sequence.
create unique index events_by_payment on events (merchant_id, payment_id, sequence);
