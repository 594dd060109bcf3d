-- A refusal may be because of an object: 409 duplicate_reference names the payment that has the reference.
alter table idempotency_keys drop constraint idempotency_keys_meaning;
alter table idempotency_keys add constraint idempotency_keys_meaning check (object_id is not null or refusal is not null);

-- A payment that has ended expires no more.
update payments set expires_at = null where expires_at is not null and status not in ('authorized', 'in_review');
