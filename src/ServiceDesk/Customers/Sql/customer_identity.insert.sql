-- Identities of a customer; one that it has already becomes proven if it is now. $1 customer, $2 kinds, $3 values, $4 proven, $5 zones, $6 now.
insert into customer_identity (customer_id, kind, value, is_verified, zone, added_at)
select $1, i.kind, i.value, i.is_verified, i.zone, $6
from unnest($2::text[], $3::text[], $4::boolean[], $5::text[]) as i (kind, value, is_verified, zone)
on conflict (kind, value, customer_id) do update
set is_verified = customer_identity.is_verified or excluded.is_verified, zone = coalesce(excluded.zone, customer_identity.zone)
