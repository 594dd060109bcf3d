-- See V7_1: lengths are in code points.
alter table transfers alter column reason set data type varchar(1000);

alter table accounts add constraint accounts_status check (status in ('open', 'frozen', 'closed'));
alter table accounts add constraint accounts_closed check (
  status <> 'closed' or (posted = 0 and pending_out = 0 and pending_in = 0));
alter table accounts add constraint accounts_range check (
  posted between -9007199254740991 and 9007199254740991
    and pending_out <= 9007199254740991 and pending_in <= 9007199254740991
    and posted - pending_out >= -9007199254740991
    and posted + pending_in + case when kind = 'external' then 0 else overdraft_limit end <= 9007199254740991);

create index accounts_by_status on accounts (merchant_id, status, created_at, id);
create index accounts_by_kind on accounts (merchant_id, kind, created_at, id);
create index accounts_by_currency on accounts (merchant_id, currency, created_at, id);

create index transfers_by_time on transfers (merchant_id, payment_id, created_at, id);
create index transfers_reversals on transfers (merchant_id, reverses);
