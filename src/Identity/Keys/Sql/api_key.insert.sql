-- A new key. $1 id, $2 name, $3 hash of its secret, $4 scopes, $5 who made it, $6 moment, $7 until when it is good. Primary key.
insert into api_key (id, name, secret_hash, scopes, created_by, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)
