-- One session with what its person may do. $1 id. Primary keys.
select s.id, s.kind, s.secret_hash, s.seen_at, s.ends_at, s.latest_at, s.ended_at,
       p.id, p.name, p.is_disabled, p.must_change_password, p.roles, p.teams, p.regions
from session s
join person p on p.id = s.person_id
where s.id = $1
