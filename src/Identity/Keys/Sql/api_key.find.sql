-- One key with the hash of its secret. $1 id. Primary key.
select id, name, scopes, created_by, created_at, expires_at, revoked_at, revoked_by, used_at, used_from, secret_hash
from api_key
where id = $1
