-- What a text of three characters or more finds, newest first. The filter stands at FILTER; $25 pattern of the beginning of an id, $26 pattern of a part,
-- $27 the text, $28 how many of each kind, $29 in how many of the newest to look where no index helps, $30 how many definitions.
-- Index: workflow_instance_pkey, workflow_instance_text, workflow_instance_definition.
select id
from (
  (
    select id, created_at
    from workflow_instance
    where id like $25 and FILTER
    order by created_at desc, id desc
    limit $28
  )
  union
  (
    select id, created_at
    from workflow_instance
    where ((coalesce(name, '') collate "default") || ' ' || (coalesce(correlation_id, '') collate "default")) ilike $26
      and $29::integer is not null
      and FILTER
    order by created_at desc, id desc
    limit $28
  )
  union
  (
    select x.id, x.created_at
    from (
      select v.definition_id
      from definition_version v
      where v.is_latest and (v.definition_id = $27 or v.name ilike $26)
      order by v.definition_id
      limit $30
    ) line
    cross join lateral (
      select id, created_at
      from workflow_instance
      where definition_id = line.definition_id and FILTER
      order by created_at desc, id desc
      limit $28
    ) x
  )
) hit
order by created_at desc, id desc
