-- Removes signals that were heeded long ago; the same signal comes no second time after so long. $1 before when, $2 how many. Index: escalation_signal_at,
-- escalation_signal_pkey.
delete from escalation_signal
where key = any (array(
  select s.key
  from escalation_signal s
  left join escalation x on x.id = s.escalation_id
  where s.at < $1 and (x.id is null or x.state >= 2)
  order by s.at
  limit $2
))
