-- A signal that is heeded now. $1 key, $2 workflow that waits, $3 moment. Nothing when it was heeded before. Uses the primary key.
insert into escalation_signal (key, instance_id, at)
values ($1, $2, $3)
on conflict (key) do nothing
