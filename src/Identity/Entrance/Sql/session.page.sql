-- Sessions that are open, last used first. $1 person (null: all), $2 moment, $3 teams and $4 regions to which the look is limited (null: not), $5 oneself,
-- $6 most. session_open.
select s.id, s.kind, s.person_id, p.name, p.display_name, s.address, s.agent, s.created_at, s.seen_at, s.ends_at
from session s
join person p on p.id = s.person_id
where s.ended_at is null and s.ends_at > $2
  and ($1::uuid is null or s.person_id = $1)
  and (p.id = $5 or (($3::text[] is null or p.teams && $3) and ($4::text[] is null or p.regions && $4)))
order by s.seen_at desc, s.id
limit $6
