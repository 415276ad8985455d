-- Whether the server takes writes now: no standby, and not set to read-only. No parameters, no table.
select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'
