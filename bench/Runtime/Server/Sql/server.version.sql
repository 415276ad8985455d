-- The version and what durability depends on. No parameters.
select format(
  'PostgreSQL %s, fsync %s, synchronous_commit %s, full_page_writes %s',
  current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')
)
