-- A look at a status page. $1 case, $2 day. Uses the primary key.
insert into status_view (case_id, day, views) values ($1, $2, 1)
on conflict (case_id, day) do update set views = status_view.views + 1
