-- Earlier cases of the same customer about the same category. $1 case, $2 category, $3 since when. Uses service_case_customer.
select id, number, rev, customer_id, category, title, impact, urgency, priority, contact_no, journey_stage, channel, definition_id, definition_version_id,
  instance_id, stage, status, status_reason, held_until, resolution_code, resolution_mode, resolution_note, merged_into, opened_at, first_response_at,
  resolved_at, closed_at, reopen_count, is_angry
from service_case
where customer_id in (
    select c.id
    from service_case s
    join customer o on o.id = s.customer_id
    join customer c on c.root_id = o.root_id
    where s.id = $1
  )
  and category = $2 and id <> $1 and opened_at >= $3 and status <> 'merged'
  and (opened_at, id) < (select s.opened_at, s.id from service_case s where s.id = $1)
order by opened_at desc, id desc
limit 50
