-- A page, by the last commit or the end, latest first. The filter stands at FILTER; $25 skip, $26 take, $27 their sum, $28 whether those that
-- run are asked for, $29 whether those that ended are.
-- Nulls are named, though there are none: both parts have the same order then, and are merged as they come.
-- Those that ended come from workflow_instance_finished in order. Those that run are sorted: nothing that changes with every burst is in an index.
select
  i.id, i.definition_id, i.version_id, i.version, i.sub_status, i.correlation_id, i.name, i.parent_id, i.incident_count, i.created_at, i.updated_at,
  i.finished_at
from (
  select id, at
  from (
    (
      select id, updated_at as at
      from workflow_instance
      where $28::boolean and finished_at is null and FILTER
      order by updated_at desc nulls last, id desc
      limit $27
    )
    union all
    (
      select id, finished_at as at
      from workflow_instance
      where $29::boolean and finished_at is not null and FILTER
      order by finished_at desc nulls last, id desc
      limit $27
    )
  ) executed
  order by at desc nulls last, id desc
  offset $25
  limit $26
) page
join workflow_instance i on i.id = page.id
order by page.at desc, page.id desc
