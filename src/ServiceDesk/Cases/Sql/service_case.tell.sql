-- Lines of histories that move no status, by case, so that two transactions never wait in a circle. $1 keys, $2 cases, $3 moments, $4 who, $5 actions,
-- $6 reasons, $7 more facts as JSON. Uses the primary key.
select service_case_tell(m.key, m.case_id, m.at, m.actor, m.action, m.reason, m.more::jsonb)
from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
  with ordinality as m (key, case_id, at, actor, action, reason, more, place)
order by m.case_id, m.place
