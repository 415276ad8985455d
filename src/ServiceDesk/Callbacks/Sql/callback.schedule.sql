-- A window was promised. $1 id, $2 state, $3 from, $4 to, $5 next, $6 why, $7 value, $8 propensity, $9 free slots, $10 zones, $11 moved. Uses the primary key.
update callback
set rev = rev + 1, generation = generation + 1, state = $2, window_start = $3, window_end = $4, next_at = $5, slot_reason = $6, slot_value = $7,
  propensity = $8, slots_free = $9, zones = $10::jsonb, was_moved = was_moved or $11, needs_booking = false
where id = $1
returning generation
