alter table analytics_panes add column sketch varbinary(100000);
