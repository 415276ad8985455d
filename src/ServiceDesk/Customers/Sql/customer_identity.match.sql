-- Customers that go on and have one of the identities. $1 kinds, $2 values. Uses the primary key.
select c.root_id, ci.is_verified, ci.kind, ci.value
from unnest($1::text[], $2::text[]) as i (kind, value)
join customer_identity ci on ci.kind = i.kind and ci.value = i.value
join customer c on c.id = ci.customer_id
