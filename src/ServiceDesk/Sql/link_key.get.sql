-- The key of links; the first who asks makes it. $1 a key for that case. Uses the primary key.
insert into link_key (id, key) values (1, $1)
on conflict (id) do update set key = link_key.key
returning key
