-- Counts are raised many times: room on the page spares each of them an entry in both indexes.
alter table analytics_panes set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
-- Sketches are dense already.
alter table analytics_panes add column sketch bytea;
alter table analytics_panes alter column sketch set storage external;
