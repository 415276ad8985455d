-- What ranking asks about articles. $1 articles, $2 category or null, $3 case or null. Uses the primary keys, knowledge_use_judged, service_case_customer and
-- knowledge_use_case. Of each article the 500 uses count that were judged last.
select a.id, a.published_version, a.language, v.title, a.category, a.intents, a.is_standard, a.published_at, a.expires_at,
  coalesce(u.judged, 0)::integer, coalesce(u.helped, 0)::integer,
  (
    select count(*)::integer
    from service_case mine
    join service_case c on c.customer_id = mine.customer_id
    join knowledge_use f on f.case_id = c.id and f.article_id = a.id and f.is_helpful = false
    where mine.id = $3
  )
from knowledge_article a
join knowledge_version v on v.article_id = a.id and v.version = a.published_version
left join lateral (
  select count(*) as judged,
    count(*) filter (where coalesce(k.is_helpful, k.verdict in ('accepted', 'edited'))) as helped
  from (
    select x.category, x.is_helpful, x.verdict
    from knowledge_use x
    where x.article_id = a.id and x.judged_at is not null
    order by x.judged_at desc
    limit 500
  ) k
  where $2::text is null or k.category = $2
) u on true
where a.id = any($1::text[]) and a.state = 'published'
