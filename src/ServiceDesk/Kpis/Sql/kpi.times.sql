-- How long things took, of cases that ended in the window; merged ones do not count. $1 from, $2 to (exclusive). Index: service_case_list,
-- service_case_event_case, task_case, task_event_task.
with ended as (
  select c.id, c.opened_at, c.resolved_at, c.closed_at, extract(epoch from c.first_response_at - c.opened_at) as first_response
  from service_case c
  where c.closed_at >= $1 and c.closed_at < $2 and c.status in ('closed', 'cancelled')
),
worked as (
  select t.case_id,
    sum(extract(epoch from t.ended_at - (
      select min(e.at) from task_event e where e.task_id = t.id and e.verb in ('accept', 'claim', 'assign', 'start')
    ))) as touch
  from task t
  join ended c on c.id = t.case_id
  where t.state = 6
  group by t.case_id
),
-- The stage that a case is in lasts until its next line that names another one.
lines as (
  select e.case_id, e.at, e.stage, lag(e.stage) over (partition by e.case_id order by e.seq) as before
  from service_case_event e
  join ended c on c.id = e.case_id
  where e.is_applied and e.stage is not null
),
changes as (
  select case_id, stage, at, lead(at) over (partition by case_id order by at) as until
  from lines
  where before is distinct from stage
),
stages as (
  select s.stage, extract(epoch from coalesce(s.until, c.closed_at) - s.at) as seconds
  from changes s
  join ended c on c.id = s.case_id
)
select 'first-response' as name, 'p50' as segment, null::bigint as hits, count(first_response) as n,
  percentile_cont(0.5) within group (order by first_response) as value
from ended
union all
select 'first-response', 'p90', null, count(first_response), percentile_cont(0.9) within group (order by first_response) from ended
union all
select 'first-response-within', '15s', count(*) filter (where first_response <= 15), count(first_response), null from ended
union all
select 'first-response-within', '60s', count(*) filter (where first_response <= 60), count(first_response), null from ended
union all
select 'lead-time', 'p50', null, count(*), percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at)) from ended
union all
select 'lead-time', 'p90', null, count(*), percentile_cont(0.9) within group (order by extract(epoch from closed_at - opened_at)) from ended
union all
select 'resolution-time', 'p50', null, count(resolved_at), percentile_cont(0.5) within group (order by extract(epoch from resolved_at - opened_at))
from ended
union all
select 'touch-time', 'mean', null, count(w.touch), avg(w.touch) from worked w
union all
select 'flow-efficiency', '', null, count(*), sum(w.touch) / nullif(sum(extract(epoch from c.closed_at - c.opened_at)), 0)
from ended c
left join worked w on w.case_id = c.id
union all
(
  select 'stage-time', 'p50:' || stage, null, count(*), percentile_cont(0.5) within group (order by seconds)
  from stages
  group by stage
  order by stage
)
union all
(
  select 'stage-time', 'p90:' || stage, null, count(*), percentile_cont(0.9) within group (order by seconds)
  from stages
  group by stage
  order by stage
)
