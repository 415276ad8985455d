-- Links of a case, from both sides. $1 case. Uses the primary key and service_case_link_other.
select other_id, kind, at from service_case_link where case_id = $1
union all
select case_id, kind, at from service_case_link where other_id = $1
order by 3, 1
