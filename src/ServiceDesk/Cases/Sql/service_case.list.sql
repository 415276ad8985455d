-- A page of cases, the newest first. $1 status or null, $2 customer that goes on or null, $3 true for open ones only, $4 and $5 moment and id of the
-- last one seen or null, $6 how many. Uses service_case_list, service_case_open or service_case_customer.
select id, number, rev, customer_id, category, title, impact, urgency, priority, contact_no, journey_stage, channel, definition_id, definition_version_id,
  instance_id, stage, status, status_reason, held_until, resolution_code, resolution_mode, resolution_note, merged_into, opened_at, first_response_at,
  resolved_at, closed_at, reopen_count, is_angry
from service_case
where ($1::text is null or status = $1)
  and ($2::text is null or customer_id in (select id from customer where root_id = $2))
  and (not $3 or closed_at is null)
  and ($4::timestamptz is null or (opened_at, id) < ($4, $5))
order by opened_at desc, id desc
limit $6
