-- A source with its secret. $1 id. Uses the primary key.
select id, name, channel, is_active, created_at, created_by, secret
from intake_source
where id = $1
