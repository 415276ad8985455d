-- Suspended instances, each with one waiter. $1 prefix, $2 how many, $3 state, $4 now.
with made as (
  insert into workflow_instance (
    id, definition_id, version_id, version, row_version, sub_status, incident_count, state, created_at, updated_at
  )
  select $1 || '-' || lpad(n::text, 24, '0'), 'bench', 'bench-1', 1, 1, 2, 0, $3, $4, $4
  from generate_series(1, $2) as n
  returning id
)
insert into bookmark (instance_id, id, hash, name, activity_id, node_id, payload, created_at)
select id, 1, md5(id) || md5(id), 'Event', 'Wait1', 'Workflow1/Flowchart1/Wait1', '\x7b7d', $4
from made
