-- Removes the oldest lines of escalations that ended long ago. $1 before when, $2 how many. Index: escalation_event_pkey, escalation_pkey.
delete from escalation_event
where id = any (array(
  select e.id
  from (select id, escalation_id, at from escalation_event order by id limit $2) as e
  left join escalation x on x.id = e.escalation_id
  where e.at < $1 and (x.id is null or x.ended_at < $1)
))
