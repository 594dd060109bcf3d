-- Not valid: what is there is not looked at, while payments wait; what is written from now on is.
alter table accounts add constraint accounts_status check (status in ('open', 'frozen', 'closed')) not valid;
alter table accounts add constraint accounts_closed check (
  status <> 'closed' or (posted = 0 and pending_out = 0 and pending_in = 0)) not valid;
alter table accounts add constraint accounts_range check (
  posted between -9007199254740991 and 9007199254740991
    and pending_out <= 9007199254740991 and pending_in <= 9007199254740991
    and posted - pending_out >= -9007199254740991
    and posted + pending_in + case when kind = 'external' then 0 else overdraft_limit end <= 9007199254740991) not valid;
