-- How well contacts were sorted, and how much was solved without a person. $1 from, $2 to (exclusive). Index: triage_result_at, triage_correction_case,
-- service_case_list, task_case.
with triaged as (
  select distinct on (r.case_id) r.case_id, r.is_sure,
    exists (select from triage_correction c where c.case_id = r.case_id and c.is_misroute) as is_wrong
  from triage_result r
  where r.at >= $1 and r.at < $2
  order by r.case_id, r.at, r.id
),
resolved as (
  select c.id, exists (select from task t where t.case_id = c.id and t.state = 6) as has_task
  from service_case c
  where c.resolved_at >= $1 and c.resolved_at < $2 and c.status <> 'merged'
)
select 'triage-accuracy' as name, '' as segment, count(*) filter (where not is_wrong) as hits, count(*) as n, null::double precision as value
from triaged
union all
select 'triage-accuracy', 'sure', count(*) filter (where not is_wrong), count(*), null from triaged where is_sure
union all
select 'triage-asked', '', count(*) filter (where not is_sure), count(*), null from triaged
union all
select 'automation', '', count(*) filter (where not has_task), count(*), null from resolved
