-- Escalations and agents. $1 from, $2 to (exclusive). Index: service_case_list, escalation_event_escalation; else reads what was raised and offered: for
-- reports only.
with raised as (
  select e.id, e.level, e.ack_at, e.ack_deadline
  from escalation e
  where e.raised_at >= $1 and e.raised_at < $2 and not e.is_silent
),
taken as (
  select o.agent_id, count(*) as accepted, coalesce(sum(extract(epoch from t.ended_at - o.ended_at)) filter (where t.state = 6), 0) as worked
  from offer o
  join task t on t.id = o.task_id
  where o.state = 1 and o.ended_at >= $1 and o.ended_at < $2
  group by o.agent_id
)
select 'escalations-per-100-cases' as name, 'level:' || level as segment, count(*) as hits,
  (select count(*) from service_case where opened_at >= $1 and opened_at < $2) as n,
  100.0 * count(*) / nullif((select count(*) from service_case where opened_at >= $1 and opened_at < $2), 0)::double precision as value
from raised
group by level
union all
select 'escalation-ack-in-time', '', count(*) filter (where ack_at <= ack_deadline), count(*), null
from raised
where ack_deadline is not null
union all
select 'offers-accepted', 'agent:' || agent_id, null, accepted, accepted::double precision from taken
union all
select 'queue-wait', 'p50', null, count(*), percentile_cont(0.5) within group (order by extract(epoch from o.ended_at - t.enqueued_at))
from offer o
join task t on t.id = o.task_id
where o.state = 1 and o.ended_at >= $1 and o.ended_at < $2
union all
select 'offer-answers',
  case o.state when 1 then 'accepted' when 2 then 'declined' when 3 then 'missed' else 'withdrawn' end,
  null, count(*), null
from offer o
where o.state <> 0 and o.ended_at >= $1 and o.ended_at < $2
group by o.state
union all
select 'handle-time', 'mean', null, coalesce(sum(accepted), 0)::bigint, (sum(worked) / nullif(sum(accepted), 0))::double precision from taken
