-- Some offered tasks end: their agents have units again. $1 how many.
with chosen as (
  select o.task_id, o.offer_no, o.agent_id
  from offer o
  where o.state = 0
  order by md5(o.task_id)
  limit $1
),
ended as (
  update task t
  set state = 6, offered_to = null, assignee = c.agent_id, ended_at = now()
  from chosen c
  where t.id = c.task_id
),
closed as (
  update offer o
  set state = 1, ended_at = now()
  from chosen c
  where o.task_id = c.task_id and o.offer_no = c.offer_no
)
select load_withdraw(agent_id, 'task', 15)
from (select * from chosen order by agent_id) as c
