-- What people judge of a case. $1 id, $2 category, $3 title, $4 impact, $5 urgency, $6 priority, $7 angry, $8 contact number or null, $9 journey stage.
-- Uses the primary key.
update service_case
set rev = rev + 1, category = $2, title = $3, impact = $4, urgency = $5, priority = $6, is_angry = is_angry or $7, contact_no = coalesce($8, contact_no),
  journey_stage = $9
where id = $1
