-- Events that are still to be sent to Kafka, written in the transaction of the events themselves and deleted when the
-- broker has acknowledged them. The key is the order in which a shard is read: an event's sequence counts within its
-- subject (the payment or the batch; any other event is its own).
create table kafka_outbox (
  shard       integer                  not null,
  merchant_id uuid                     not null,
  subject_id  uuid                     not null,
  sequence    integer                  not null,
  event_id    uuid                     not null,
  created_at  timestamp with time zone not null,
  constraint kafka_outbox_key primary key (shard, merchant_id, subject_id, sequence)
);

-- Which replica relays a shard, until when, and for the how-manieth time one does.
create table kafka_shards (
  shard       integer primary key,
  epoch       bigint                   not null,
  owner_id    uuid,
  lease_until timestamp with time zone not null
);
insert into kafka_shards (shard, epoch, lease_until)
values (0, 0, current_timestamp), (1, 0, current_timestamp), (2, 0, current_timestamp), (3, 0, current_timestamp);

-- The replicas that relay, so that each takes its part of the shards.
create table kafka_relays (
  id          uuid primary key,
  alive_until timestamp with time zone not null
);

-- How many partitions of a topic events are spread over. A payment keeps its partition when the topic gets more.
create table kafka_topics (
  name       varchar(249) primary key,
  partitions integer      not null
);
