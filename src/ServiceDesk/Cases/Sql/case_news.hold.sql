-- Holds the place up to which a case was heard. $1 case. No row: there is no such case. Uses the primary key.
insert into case_news (case_id, heard_seq)
select id, 0 from service_case where id = $1
on conflict (case_id) do update set heard_seq = case_news.heard_seq
returning heard_seq
