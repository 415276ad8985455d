-- A page of customers that go on, the newest first. $1 part of a name or null, $2 and $3 moment and id of the last one seen or null, $4 how many.
-- Uses customer_list; a name is looked for along it.
select id, rev, state, root_id, merged_into, name, zone, jurisdiction, locale, value_tier, journey_stage, preferences::text, do_not_contact,
  suppressed_until, created_at, changed_at
from customer
where merged_into is null
  and ($1::text is null or position(lower($1) in lower(name)) > 0)
  and ($2::timestamptz is null or (created_at, id) < ($2, $3))
order by created_at desc, id desc
limit $4
