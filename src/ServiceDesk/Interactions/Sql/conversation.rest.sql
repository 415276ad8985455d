-- Threads in which nobody wrote for long become idle, and much later closed. $1 idle before, $2 closed before.
update conversation
set state = case when last_at < $2 then 'closed' else 'idle' end
where (state = 'open' and last_at < $1) or (state = 'idle' and last_at < $2)
