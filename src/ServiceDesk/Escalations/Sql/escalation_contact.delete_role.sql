-- Nobody is told in a role. $1 role. Uses the primary key.
delete from escalation_contact
where role = $1
