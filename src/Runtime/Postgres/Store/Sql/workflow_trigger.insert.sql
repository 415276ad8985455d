-- Adds triggers. $1 line, $2 version, $3 activity, $4 node, $5 name, $6 hash, $7 payload. No index.
insert into workflow_trigger (definition_id, version_id, activity_id, node_id, name, hash, payload)
select *
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])
