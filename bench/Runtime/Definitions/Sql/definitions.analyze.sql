-- As autovacuum would, a minute later.
analyze definition_version, workflow_instance
