-- What workflows try. $1 keys, $2 cases, $3 what, $4 articles, $5 by whom, $6 moments. Uses the primary keys.
insert into problem_attempt (key, case_id, what, article_id, by_whom, result, at)
select a.key, c.id, a.what, a.article_id, a.by_whom, 'offered', a.at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) as a (key, case_id, what, article_id, by_whom, at)
join service_case c on c.id = a.case_id and c.erased_at is null
on conflict (key) do nothing
