-- Sent before a statement with many optional parameters: plan it for their values, even when the driver has prepared it; sort tens of thousands of
-- rows in memory; compile nothing, as it takes longer than the statement. Ends with the transaction.
select
  set_config('plan_cache_mode', 'force_custom_plan', true),
  set_config('work_mem', '32MB', true),
  set_config('jit', 'off', true)
