-- Ends tasks that are not ended yet, frees units and places, and tells it. $1 ids, $2 states, $3 moments, $4 verbs. Index: task_pkey.
with asked as (
  select *
  from unnest($1::text[], $2::smallint[], $3::timestamptz[], $4::text[]) as t(id, state, now, verb)
),
held as (
  select t.id, t.state, t.assignee, t.offered_to, t.is_suspended, t.channel, t.weight, t.rev, a.state as becomes, a.now, a.verb
  from task t
  join asked a on a.id = t.id
  where t.state < 6
  order by t.id
  for update of t
),
ended as (
  update task t
  set state = h.becomes,
      -- What was answered too late is no outcome; it stays in the history of the task.
      outcome = case when h.becomes = 6 then t.outcome when h.becomes = 8 then 'Timed out' else 'Cancelled' end,
      answer = case when h.becomes = 6 then t.answer end,
      answered_by = case when h.becomes = 6 then t.answered_by end,
      offered_to = null,
      draft = null,
      rev = t.rev + 1,
      changed_at = h.now,
      ended_at = h.now
  from held h
  where t.id = h.id
),
left_queue as (
  delete from waiting w
  using held h
  where w.task_id = h.id
),
withdrawn as (
  update offer o
  set state = 4, ended_at = h.now, reason = h.verb
  from held h
  where o.task_id = h.id and o.state = 0
),
told as (
  insert into task_event (task_id, at, verb, rev)
  select id, now, verb, rev + 1
  from held
)
select case
  when f.state = 2 then load_withdraw(f.offered_to, f.channel, f.weight)
  else load_release(f.assignee, f.channel, f.weight, f.now)
end
from (
  select *
  from held
  where (state = 2) or (state in (3, 4) and not is_suspended)
  order by coalesce(offered_to, assignee)
) as f
