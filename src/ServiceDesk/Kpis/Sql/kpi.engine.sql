-- Whether the engine kept its promises: how late due work was, what was lost, what was done twice, and whether something waits that nothing will wake.
-- $1 from, $2 to (exclusive), $3 now. Reads what is open and what was due in the window: for reports only.
with due as (
  select extract(epoch from ended_at - expires_at) as late from offer where state = 3 and expires_at >= $1 and expires_at < $2
  union all
  select extract(epoch from sent_at - due_at) from escalation_notice where sent_at >= $1 and sent_at < $2
  union all
  select extract(epoch from sent_at - planned_at) from follow_up where sent_at >= $1 and sent_at < $2 and planned_at is not null
)
select 'timer-lateness' as name, 'p99' as segment, null::bigint as hits, count(*) as n,
  percentile_cont(0.99) within group (order by late) as value
from due
union all
select 'lost-work', '', null, count(*), count(*)::double precision from work where buried_at is not null
union all
select 'overdue-work', '', null, count(*), count(*)::double precision
from work
where buried_at is null and lease_until is null and due_at < $3 - interval '1 minute'
union all
-- Two open tasks for one waiting step.
select 'double-tasks', '', null, coalesce(sum(many - 1), 0)::bigint, coalesce(sum(many - 1), 0)::double precision
from (select count(*) as many from task where state < 6 group by instance_id, bookmark_id having count(*) > 1) as twice
union all
-- The customer was asked twice about one case without a reopening in between.
select 'double-surveys', '', null, count(*), count(*)::double precision
from (
  select f.case_id
  from follow_up f
  join service_case c on c.id = f.case_id
  where f.kind = 'survey' and f.sent_at >= $1 and f.sent_at < $2
  group by f.case_id, c.reopen_count
  having count(*) > c.reopen_count + 1
) as asked
union all
-- An open task whose step does not wait (a task that is completing is being taken).
select 'orphans', 'task-without-step', null, count(*), count(*)::double precision
from task t
where t.state < 5 and not exists (select from bookmark b where b.instance_id = t.instance_id and b.id = t.bookmark_id)
union all
-- An instance that waits, and nothing is there to wait for: no waiter, no work, no child. 2 is suspended.
select 'orphans', 'instance-without-waiter', null, count(*), count(*)::double precision
from workflow_instance i
where i.finished_at is null
  and i.incident_count = 0
  and not exists (select from bookmark b where b.instance_id = i.id)
  and not exists (select from work w where w.instance_id = i.id)
  and not exists (select from workflow_instance child where child.parent_id = i.id and child.finished_at is null)
union all
-- A case that has not ended and that no running workflow carries.
select 'orphans', 'case-without-workflow', null, count(*), count(*)::double precision
from service_case c
where c.closed_at is null
  and not exists (select from workflow_instance i where i.correlation_id = c.id and i.finished_at is null)
  and not exists (select from workflow_instance i where i.id = c.instance_id and i.finished_at is null)
union all
select 'incidents', '', null, count(*), count(*)::double precision from workflow_instance where incident_count > 0
