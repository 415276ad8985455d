-- Prepares the connection that writes: a commit is on the disk when it returns, and nobody waits for long for a node that went away while it held the
-- end of the chain. No parameters.
select
  set_config('synchronous_commit', case when current_setting('synchronous_commit') = 'off' then 'on' else current_setting('synchronous_commit') end, false),
  set_config('idle_in_transaction_session_timeout', '10s', false),
  set_config('lock_timeout', '5s', false),
  set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('jit', 'off', false)
