-- Cases of a customer that are not over, the newest first. $1 customer that goes on. Uses service_case_customer.
select id, number, rev, customer_id, category, title, impact, urgency, priority, contact_no, journey_stage, channel, definition_id, definition_version_id,
  instance_id, stage, status, status_reason, held_until, resolution_code, resolution_mode, resolution_note, merged_into, opened_at, first_response_at,
  resolved_at, closed_at, reopen_count, is_angry
from service_case
where customer_id in (select id from customer where root_id = $1)
  and status not in ('closed', 'cancelled', 'merged')
order by opened_at desc, id desc
limit 20
