-- Uses of articles. $1 ids, $2 kinds, $3 articles, $4 versions, $5 cases, $6 categories, $7 places, $8 scores, $9 moments. Uses the primary keys.
insert into knowledge_use (id, kind, article_id, version, case_id, category, place, score, at)
select u.id, u.kind, u.article_id, u.version, c.id, coalesce(u.category, c.category), u.place, u.score, u.at
from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::integer[], $8::real[], $9::timestamptz[])
  as u (id, kind, article_id, version, case_id, category, place, score, at)
left join service_case c on c.id = u.case_id
on conflict (id) do nothing
