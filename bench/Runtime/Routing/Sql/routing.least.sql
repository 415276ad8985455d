-- The least that one look must do: the first tasks of the order to anybody who has units. $1 queue, $2 how many, $3 now.
with free as (
  select agent_id, row_number() over (order by agent_id) as n
  from load
  where used + reserved + 15 <= total
  limit $2
),
head as (
  select w.task_id, row_number() over (order by w.virtual_deadline, w.enqueued_at, w.task_id) as n
  from (
    select *
    from waiting
    where queue_id = $1 and demand = 'task|15|0|0||lang-en'
    order by virtual_deadline, enqueued_at, task_id
    limit $2
    for update skip locked
  ) as w
),
pairs as (
  select h.task_id, f.agent_id from head h join free f using (n)
),
changed as (
  update task t
  set state = 2, offered_to = p.agent_id, offer_no = offer_no + 1, rev = rev + 1, changed_at = $3
  from pairs p
  where t.id = p.task_id
  returning t.id, t.offer_no, p.agent_id
),
gone as (
  delete from waiting w using pairs p where w.task_id = p.task_id
),
loaded as (
  update load l
  set reserved = l.reserved + 15 * c.many, open = load_count(l.open, 'task', c.many::integer)
  from (select agent_id, count(*) as many from pairs group by 1) c
  where l.agent_id = c.agent_id
)
insert into offer (task_id, offer_no, agent_id, queue_id, state, weight, channel, offered_at, expires_at)
select id, offer_no, agent_id, $1, 0, 15, 'task', $3, $3 from changed
