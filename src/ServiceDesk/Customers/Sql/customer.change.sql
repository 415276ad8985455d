-- Changes a customer as it was seen. $1 id, $2 rev, $3 name, $4 zone, $5 jurisdiction, $6 locale, $7 tier, $8 journey stage, $9 preferences,
-- $10 do not contact, $11 now. Uses the primary key.
update customer
set rev = rev + 1, name = $3, zone = $4, jurisdiction = $5, locale = $6, value_tier = $7, journey_stage = $8, preferences = $9::jsonb,
  do_not_contact = $10, changed_at = $11
where id = $1 and rev = $2 and state = 'active'
