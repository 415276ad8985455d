-- Offers tasks, or gives them at once. $1 tasks, $2 agents, $3 ends of the offers, $4 best candidates, $5 rejected ones, $6 queue, $7 true gives at once,
-- $8 now. Index: task_pkey, waiting_pkey.
with chosen as (
  select *
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[]) as x(task_id, agent_id, expires_at, candidates, rejected)
),
changed as (
  update task t
  set state = case when $7 then 3 else 2 end,
      offered_to = case when not $7 then c.agent_id end,
      assignee = case when $7 then c.agent_id end,
      sticky_until = null,
      offer_no = t.offer_no + 1,
      rev = t.rev + 1,
      changed_at = $8
  from chosen c
  where t.id = c.task_id
  returning t.id, t.offer_no, t.rev, t.weight, t.channel, c.agent_id, c.expires_at, c.candidates, c.rejected
),
left_queue as (
  delete from waiting w
  using chosen c
  where w.task_id = c.task_id
),
offered as (
  insert into offer (task_id, offer_no, agent_id, queue_id, state, weight, channel, offered_at, expires_at, ended_at)
  select id, offer_no, agent_id, $6, case when $7 then 1 else 0 end, weight, channel, $8, expires_at, case when $7 then $8 end
  from changed
),
reasoned as (
  insert into why (task_id, offer_no, at, chosen, candidates, rejected)
  select id, offer_no, $8, agent_id, candidates, rejected
  from changed
)
insert into task_event (task_id, at, verb, rev, detail)
select id, $8, case when $7 then 'assign' else 'offer' end, rev, agent_id
from changed
