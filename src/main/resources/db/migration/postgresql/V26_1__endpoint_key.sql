-- merchant_id comes first in every key. There are some sixteen rows for each merchant, at most.
alter table webhook_endpoints drop constraint webhook_endpoints_pkey;
alter table webhook_endpoints add constraint webhook_endpoints_key primary key (merchant_id, id);
drop index webhook_endpoints_by_merchant;
