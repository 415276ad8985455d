-- Customers, locked in the order of their ids, so that two merges never wait for each other. $1 ids. Uses the primary key.
select id, rev, state, root_id, merged_into, name, zone, jurisdiction, locale, value_tier, journey_stage, preferences::text, do_not_contact,
  suppressed_until, created_at, changed_at
from customer
where id = any ($1::text[])
order by id
for update
