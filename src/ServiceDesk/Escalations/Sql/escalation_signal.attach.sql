-- What a signal has raised. $1 key, $2 escalation. Uses the primary key.
update escalation_signal
set escalation_id = $2
where key = $1
