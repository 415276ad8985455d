-- How many contacts there were about a case and those that it repeats: threads in which the customer spoke. $1 case, $2 since when. Uses interaction_case
-- and the primary key of service_case_link.
select count(distinct i.conversation_id)
from interaction i
where i.case_id in (select $1 union select l.other_id from service_case_link l where l.case_id = $1 and l.kind in ('repeat', 'follows'))
  and i.direction = 'inbound' and i.state <> 'spam' and i.started_at >= $2
