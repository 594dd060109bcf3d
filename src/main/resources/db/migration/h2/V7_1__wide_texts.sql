-- Limits count Unicode code points, as PostgreSQL's varchar does. H2's counts UTF-16 units, of which a
-- code point has up to two.
alter table merchants alter column name set data type varchar(400);
alter table api_keys alter column name set data type varchar(400);
alter table accounts alter column name set data type varchar(400);
alter table transfers alter column reference set data type varchar(510);
alter table payments alter column reference set data type varchar(510);
alter table payments alter column description set data type varchar(2000);
alter table payments alter column failure_detail set data type varchar(2000);
alter table idempotency_keys alter column detail set data type varchar(2000);
alter table refunds alter column reason set data type varchar(1000);
alter table webhook_endpoints alter column description set data type varchar(1000);
alter table audit_log alter column actor_id set data type varchar(510);
