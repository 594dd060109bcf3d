-- A refusal may be because of an object: 409 duplicate_reference names the payment that has the reference.
-- What the code reads of a key says which of the two it is.
alter table idempotency_keys drop constraint idempotency_keys_meaning;
