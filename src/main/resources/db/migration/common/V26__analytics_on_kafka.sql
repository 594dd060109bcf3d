-- A body under a key that Kafka is to have is stored before, and its events are counted later: once, by whoever is first.
alter table analytics_bodies add column counted boolean default true not null;

-- How far each partition of a topic has been counted; changed in the transaction that counts. Each consumer that takes a
-- partition raises the epoch, and whoever has an older one counts nothing more.
create table analytics_offsets (
  topic_id         uuid    not null,
  partition_number integer not null,
  epoch            bigint  not null,
  next_offset      bigint  not null,
  constraint analytics_offsets_key primary key (topic_id, partition_number)
);
