-- Whether an instance runs; null parameters do not count. Sent unprepared. $1 definition, $2 correlation.
-- Index: workflow_instance_correlation or workflow_instance_running_version.
select exists (
  select
  from workflow_instance
  where finished_at is null
    and ($1::text is null or definition_id = $1)
    and ($2::text is null or correlation_id = $2)
)
