-- The ladder of the company, if it is as it was seen. $1 id, $2 version as seen (0: there is none), $3 content as JSON, $4 who, $5 moment. Primary key.
insert into escalation_ladder (id, version, content, made_by, changed_at)
select $1, 1, $3::jsonb, $4, $5
where $2 = 0 or exists (select from escalation_ladder where id = $1)
on conflict (id) do update
set version = escalation_ladder.version + 1, content = excluded.content, made_by = excluded.made_by, changed_at = excluded.changed_at
where escalation_ladder.version = $2
