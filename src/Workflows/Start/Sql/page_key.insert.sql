-- Keeps a key. $1 name, $2 xml, $3 moment. One that is there already, by the primary key, stays as it is.
insert into page_key (name, xml, created_at)
values ($1, $2, $3)
on conflict (name) do nothing;
