-- A body under a key that was stored before Kafka was to have it, and was refused then: nothing was taken, and the same key is
-- used for the first time when it comes again.
alter table analytics_bodies add column refused boolean default false not null;
