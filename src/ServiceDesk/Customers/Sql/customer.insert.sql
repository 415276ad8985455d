-- A customer. $1 id, $2 name, $3 zone, $4 jurisdiction, $5 locale, $6 tier, $7 journey stage, $8 preferences, $9 do not contact, $10 now.
insert into customer (
  id, state, root_id, name, zone, jurisdiction, locale, value_tier, journey_stage, preferences, do_not_contact, created_at, changed_at)
values ($1, 'active', $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $10)
on conflict (id) do nothing
