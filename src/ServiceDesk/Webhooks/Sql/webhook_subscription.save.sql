-- Adds a subscription or changes one; a name that another one has is left to it. $1 id, $2 name, $3 url, $4 events, $5 secret, $6 is active, $7 created at, $8 who.
-- Index: webhook_subscription_pkey, webhook_subscription_name.
insert into webhook_subscription (id, name, url, events, secret, is_active, created_at, created_by)
select $1, $2, $3, $4, $5, $6, $7, $8
where not exists (select from webhook_subscription where lower(name) = lower($2) and id <> $1)
on conflict (id) do update
set name = excluded.name, url = excluded.url, events = excluded.events, secret = excluded.secret, is_active = excluded.is_active
