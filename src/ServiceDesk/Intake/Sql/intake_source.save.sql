-- Makes or changes a source. $1 id, $2 name, $3 channel, $4 secret, $5 active, $6 when, $7 by whom. Uses the primary key; the name must be free.
insert into intake_source (id, name, channel, secret, is_active, created_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (id) do update
set name = excluded.name, channel = excluded.channel, secret = excluded.secret, is_active = excluded.is_active
