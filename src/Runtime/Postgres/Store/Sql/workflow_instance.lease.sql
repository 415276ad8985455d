-- Reserves an instance. $1 id, $2 row version, $3 owner, $4 now, $5 until. Index: workflow_instance_pkey.
update workflow_instance
set lease_owner = $3,
    lease_until = $5
where id = $1 and row_version = $2 and (lease_owner is null or lease_until <= $4 or lease_owner = $3)
