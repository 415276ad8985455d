-- One customer, as it is. $1 id. Uses the primary key.
select id, rev, state, root_id, merged_into, name, zone, jurisdiction, locale, value_tier, journey_stage, preferences::text, do_not_contact,
  suppressed_until, created_at, changed_at
from customer
where id = $1
