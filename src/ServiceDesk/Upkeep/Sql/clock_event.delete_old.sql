-- Removes the oldest lines of clocks that ended long ago. Looks at the oldest lines only: lines of a clock that is open for so long stay in front of them.
-- $1 before when, $2 how many. Index: clock_event_pkey, sla_clock_pkey.
delete from clock_event
where id = any (array(
  select e.id
  from (select id, clock_id, said_at from clock_event order by id limit $2) as e
  left join sla_clock c on c.id = e.clock_id
  where e.said_at < $1 and (c.id is null or c.stopped_at < $1)
))
