-- One case by its number for people. $1 number. Uses the unique index.
select id, number, rev, customer_id, category, title, impact, urgency, priority, contact_no, journey_stage, channel, definition_id, definition_version_id,
  instance_id, stage, status, status_reason, held_until, resolution_code, resolution_mode, resolution_note, merged_into, opened_at, first_response_at,
  resolved_at, closed_at, reopen_count, is_angry
from service_case
where number = $1
