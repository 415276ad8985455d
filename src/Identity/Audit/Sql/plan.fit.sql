-- Sent before a statement with many optional parameters: plan it for their values, even when the driver has prepared it. Ends with the transaction.
select
  set_config('plan_cache_mode', 'force_custom_plan', true),
  set_config('jit', 'off', true)
