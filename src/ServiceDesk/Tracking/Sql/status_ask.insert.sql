-- A contact that only asked where things stand. $1 contact, $2 when. Uses the primary key.
insert into status_ask (interaction_id, at) values ($1, $2)
on conflict (interaction_id) do nothing
