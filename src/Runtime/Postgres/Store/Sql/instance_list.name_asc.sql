-- A page, by name. The filter stands at FILTER; $25 skip, $26 take.
-- The ids come from an index alone; only the rows of the page are read. Index: workflow_instance_name, or whichever finds fewer.
select
  i.id, i.definition_id, i.version_id, i.version, i.sub_status, i.correlation_id, i.name, i.parent_id, i.incident_count, i.created_at, i.updated_at,
  i.finished_at
from (
  select id
  from workflow_instance
  where FILTER
  order by coalesce(name, '') collate "C", id
  offset $25
  limit $26
) page
join workflow_instance i on i.id = page.id
order by coalesce(i.name, '') collate "C", i.id
