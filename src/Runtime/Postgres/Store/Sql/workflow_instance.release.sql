-- Gives a reservation back. $1 id, $2 owner. Index: workflow_instance_pkey.
update workflow_instance
set lease_owner = null,
    lease_until = null
where id = $1 and lease_owner = $2
