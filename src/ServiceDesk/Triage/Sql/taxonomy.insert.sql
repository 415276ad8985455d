-- A version, if it follows the newest. $1 version, $2 rules, $3 note, $4 who, $5 now. Uses the primary key.
insert into taxonomy (version, intents, note, made_by, made_at)
select $1, $2::jsonb, $3, $4, $5
where $1 = coalesce((select max(version) from taxonomy), 0) + 1
on conflict (version) do nothing
