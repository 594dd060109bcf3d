-- Sessions of the console: what a browser's cookie stands for. Only the SHA-256 of the cookie is kept.
create table console_sessions (
  merchant_id uuid                     not null references merchants (id),
  id          uuid                     not null,
  key_id      uuid                     not null references api_keys (id),
  token_hash  bytea                    not null,
  created_at  timestamp with time zone not null,
  expires_at  timestamp with time zone not null,
  constraint console_sessions_key primary key (merchant_id, id),
  constraint console_sessions_token unique (token_hash)
);

create index console_sessions_by_key on console_sessions (merchant_id, key_id, id);
