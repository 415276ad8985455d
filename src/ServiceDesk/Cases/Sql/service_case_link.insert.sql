-- Links from a case to others. $1 case, $2 others, $3 kind, $4 now, $5 who.
insert into service_case_link (case_id, other_id, kind, at, actor)
select $1, o.id, $3, $4, $5
from unnest($2::text[]) as o (id)
on conflict do nothing
