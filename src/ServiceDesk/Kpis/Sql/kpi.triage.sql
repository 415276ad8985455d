-- How well contacts were sorted, how much was solved without a person and from knowledge, and how soon a person took over. Follows
-- service_case.settled. $1 from, $2 to (exclusive). Index: triage_result_at, triage_correction_case, knowledge_use_case, task_case, offer_task; else
-- reads what was handed over: for reports only.
, triaged as (
  select distinct on (r.case_id) r.case_id, r.is_sure,
    exists (select from triage_correction c where c.case_id = r.case_id and c.is_misroute) as is_wrong
  from triage_result r
  where r.at >= $1 and r.at < $2
  order by r.case_id, r.at, r.id
),
resolved as (
  select s.mode is not distinct from 'auto' and not s.has_person as is_auto, s.is_standard,
    exists (select from knowledge_use u where u.case_id = s.id and u.kind in ('answered', 'used')) as has_article
  from settled s
),
taken_over as (
  select extract(epoch from n.at - h.at) as seconds
  from hand_over h
  cross join lateral (
    select min(o.ended_at) as at
    from task t
    join offer o on o.task_id = t.id
    where t.case_id = h.case_id and o.state = 1 and o.ended_at > h.at
  ) n
  where h.at >= $1 and h.at < $2 and n.at is not null
)
select 'triage-accuracy' as name, '' as segment, count(*) filter (where not is_wrong) as hits, count(*) as n, null::double precision as value
from triaged
union all
select 'triage-accuracy', 'sure', count(*) filter (where not is_wrong), count(*), null from triaged where is_sure
union all
select 'triage-asked', '', count(*) filter (where not is_sure), count(*), null from triaged
union all
select 'automation', '', count(*) filter (where is_auto), count(*), null from resolved
union all
select 'automation', 'standard', count(*) filter (where is_auto), count(*), null from resolved where is_standard
union all
select 'knowledge-reuse', '', count(*) filter (where has_article), count(*), null
from resolved
union all
select 'hand-over-latency', 'p50', null, count(*), percentile_cont(0.5) within group (order by seconds)
from taken_over
