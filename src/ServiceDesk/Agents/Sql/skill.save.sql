-- Makes or changes a skill. $1 id, $2 name, $3 kind, $4 mandatory. Index: skill_pkey.
insert into skill (id, name, kind, is_mandatory)
values ($1, $2, $3, $4)
on conflict (id) do update
set name = excluded.name,
    kind = excluded.kind,
    is_mandatory = excluded.is_mandatory
