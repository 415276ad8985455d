-- Loads instances. $1 ids; the answer names the place in the array, from 1. Index: workflow_instance_pkey.
select t.n, i.id, i.definition_id, i.version_id, i.row_version, i.state, i.created_at, i.updated_at, i.lease_owner, i.lease_until
from unnest($1::text[]) with ordinality as t(id, n)
join workflow_instance i on i.id = t.id
