-- closed_until: nothing is sent to the endpoint before it. Once it has passed, one delivery is tried (half-open).
alter table webhook_endpoints add column closed_until timestamp with time zone;

-- A deleted endpoint gives its slot back, and stays until what waited for it has ended.
alter table webhook_endpoints add column deleted_at timestamp with time zone;
alter table webhook_endpoints alter column slot drop not null;

-- Secrets before the previous one that still sign: key id, sealed bytes and end of each.
alter table webhook_endpoints add column earlier_secrets varchar(2000);
