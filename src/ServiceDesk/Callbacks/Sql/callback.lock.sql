-- One callback, locked. $1 id. Uses the primary key.
select id, rev, generation, case_id, customer_id, instance_id, bookmark_id, channel, numbers, reason, segment, wish_start, wish_end, state, window_start,
  window_end, next_at, slot_reason, propensity, zones::text, needs_booking, same_agent, is_on_time, was_moved, contact_at, end_reason, requested_at, ended_at
from callback
where id = $1
for update
