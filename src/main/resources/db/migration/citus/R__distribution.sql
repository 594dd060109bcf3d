-- Where each table's rows are on Citus. Runs after all other migrations, and again when it was changed: a new table belongs
-- into the list, or is named at the end, and a table that has its place keeps it.

-- Of two tables with a foreign key to the same copied table, the second one is distributed on the same connections.
set local citus.multi_shard_modify_mode = 'sequential';

-- One row for each merchant, where its other rows are: what sweeps all merchants is joined with it there.
create table if not exists tenants (
  id uuid,
  constraint tenants_key primary key (id)
);

do $$
declare
  name text;
begin
  -- Copied to every server, for the foreign keys of the others: few rows, and seldom changed, for each change is one of all servers.
  if not exists (select 1 from pg_dist_partition where logicalrelid = 'merchants'::regclass and repmodel = 't') then
    perform create_reference_table('merchants');
  end if;

  -- A merchant's rows of all of these are on one server, and move together.
  foreach name in array array[
    'accounts', 'transfers', 'payments', 'captures', 'refunds', 'events', 'idempotency_keys', 'idempotency_keys_waiting', 'payment_timelines',
    'payment_batches', 'payment_batch_items', 'fraud_rule_sets', 'audit_log',
    'webhook_endpoints', 'deliveries', 'delivery_attempts', 'kafka_outbox',
    'analytics_panes', 'analytics_totals', 'analytics_names', 'analytics_bodies', 'analytics_commits', 'analytics_pending',
    'analytics_payment_deltas', 'analytics_roll_ups', 'analytics_payment_labels'] loop
    if not exists (select 1 from pg_dist_partition where logicalrelid = name::regclass and partmethod = 'h') then
      perform create_distributed_table(name, 'merchant_id',
        colocate_with => case name when 'accounts' then 'none' else 'accounts' end);
    end if;
  end loop;
  if not exists (select 1 from pg_dist_partition where logicalrelid = 'tenants'::regclass) then
    perform create_distributed_table('tenants', 'id', colocate_with => 'accounts');
  end if;

  -- On the coordinator only: api_keys and console_sessions, which are found before their merchant is known, and noted as used each
  -- minute; kafka_shards, kafka_relays, kafka_topics and analytics_offsets, for one place decides who holds a lease.
end $$;
