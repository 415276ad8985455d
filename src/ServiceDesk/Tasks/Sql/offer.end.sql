-- Ends the open offer of a task. $1 task, $2 state, $3 moment, $4 reason. Index: offer_pkey.
update offer
set state = $2,
    ended_at = $3,
    reason = $4
where task_id = $1 and state = 0
