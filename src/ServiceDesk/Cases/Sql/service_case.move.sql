-- Where workflows went, by case and in order, so that two transactions never wait in a circle. $1 keys, $2 cases, $3 moments, $4 who, $5 actions, $6 statuses, $7 stages, $8 reasons, $9 until,
-- $10 resolution codes, $11 modes, $12 notes, $13 instances.
select service_case_move(m.key, m.case_id, m.at, m.actor, m.action, m.status, m.stage, m.reason, m.until, m.code, m.mode, m.note, null, m.instance_id)
from unnest(
  $1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::text[],
  $12::text[], $13::text[])
  with ordinality as m (key, case_id, at, actor, action, status, stage, reason, until, code, mode, note, instance_id, place)
order by m.case_id, m.place
