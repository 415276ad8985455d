-- All keys, newest first. Some dozens of rows: the table is read as a whole.
select id, name, scopes, created_by, created_at, expires_at, revoked_at, revoked_by, used_at, used_from
from api_key
order by created_at desc, id
