-- Published articles that hold terms of a question, those first that hold the most of it. $1 terms, each once, $2 languages, $3 how many. The primary key of
-- knowledge_term alone answers it. A term counts by how rare it is; one that no article holds counts a little, so that a question about something else
-- stays below the threshold.
with held as (
  select k.article_id, k.term, k.weight, count(*) over (partition by k.term) as n
  from knowledge_term k
  where k.term = any($1::text[]) and k.language = any($2::text[])
), valued as (
  select h.article_id, h.term, h.weight, ln(1 + (s.total - h.n + 0.5) / (h.n + 0.5)) as worth
  from held h
  cross join (select count(*) + 1.0 as total from knowledge_article where state = 'published' and language = any($2::text[])) s
), question as (
  select sum(t.worth) + 1.5 * (cardinality($1::text[]) - count(*)) as worth
  from (select distinct v.term, v.worth from valued v) t
)
select v.article_id, least(1.0, sum(v.weight * v.worth) / 0.72 / q.worth)::float8 as score
from valued v
cross join question q
group by v.article_id, q.worth
order by score desc, v.article_id
limit $3
