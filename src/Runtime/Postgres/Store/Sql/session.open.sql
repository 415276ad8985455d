-- Prepares a connection for one writer or reader: plans that never read a whole table, whatever the statistics say at the moment. No parameters.
select
  pg_backend_pid(),
  (select backend_start from pg_stat_activity where pid = pg_backend_pid()),
  set_config('enable_seqscan', 'off', false),
  set_config('enable_mergejoin', 'off', false),
  set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('jit', 'off', false)
