-- A policy was changed. $1 id, $2 name, $3 moment. Uses the primary key.
update sla_policy
set name = $2, changed_at = $3
where id = $1
