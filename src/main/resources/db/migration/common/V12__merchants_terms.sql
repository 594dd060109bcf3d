alter table merchants add column enabled boolean default true not null;
-- null: what the configuration says.
alter table merchants add column requests_per_second integer;
alter table merchants add column burst integer;

-- In which vocabulary of scopes a key was made (Scope). Keys are not rewritten: replicas of the
-- release before, which run on during an upgrade, could not read the new scopes.
alter table api_keys add column scope_vocabulary integer default 1 not null;

-- When a key was first rotated, and what its expiry was then.
alter table api_keys add column rotated_at timestamp with time zone;
alter table api_keys add column successor_expires_at timestamp with time zone;
