-- Links of a case that were made so far open nothing any more. $1 case, $2 now, $3 who. Uses the primary keys.
insert into status_revocation (case_id, before, actor)
select c.id, $2, $3 from service_case c where c.id = $1
on conflict (case_id) do update set before = greatest(status_revocation.before, excluded.before), actor = excluded.actor
