-- Promises to customers. $1 ids, $2 cases, $3 customers, $4 instances, $5 what, $6 due, $7 moments. Uses the primary keys.
insert into promise (id, case_id, customer_id, instance_id, what, due_at, made_at)
select p.id, s.id, coalesce(c.root_id, s.customer_id), p.instance_id, p.what, p.due_at, p.at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
  as p (id, case_id, customer_id, instance_id, what, due_at, at)
left join service_case s on s.id = p.case_id
left join customer c on c.id = p.customer_id
on conflict (id) do nothing
