-- Takes a guard that is free, has run out or is ours. $1 name, $2 owner, $3 now, $4 until. Index: guard_pkey.
insert into guard as g (name, owner, until)
values ($1, $2, $4)
on conflict (name) do update
set owner = excluded.owner,
    until = excluded.until
where g.owner = excluded.owner or g.until <= $3
