-- What an account could hold before this migration is not looked at again; what is written from now on is.
alter table accounts add constraint accounts_range check (
  posted between -9007199254740991 and 9007199254740991
    and pending_out <= 9007199254740991 and pending_in <= 9007199254740991
    and posted - pending_out >= -9007199254740991
    and posted + pending_in + case when kind = 'external' then 0 else overdraft_limit end <= 9007199254740991) not valid;

-- Nearly all accounts are open and standard; those never enter the first two.
create index accounts_by_status on accounts (merchant_id, status, created_at, id) where status <> 'open';
create index accounts_external on accounts (merchant_id, created_at, id) where kind = 'external';
create index accounts_by_currency on accounts (merchant_id, currency, created_at, id);
