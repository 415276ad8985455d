-- A new policy. $1 id, $2 name, $3 metric, $4 moment. Uses the primary key.
insert into sla_policy (id, name, metric, changed_at)
values ($1, $2, $3, $4)
