-- One step of a move, once: a repeated one changes nothing. $1 id, $2 step, $3 clocks done, $4 changed, $5 missed, $6 without a target, $7 last id, $8 moment,
-- $9 whether it is finished. Uses the primary key.
update policy_rebind
set done = done + $3, changed = changed + $4, missed = missed + $5, no_target = no_target + $6, last_id = $7, step = step + 1, changed_at = $8,
  finished_at = case when $9 then $8 end
where id = $1 and step = $2 and finished_at is null
