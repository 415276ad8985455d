-- What ranking asks about articles. $1 articles, $2 category or null, $3 case or null. Uses the primary keys, knowledge_use_article and service_case_customer.
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
  select count(*) filter (where k.is_helpful is not null or k.verdict is not null) as judged,
    count(*) filter (where coalesce(k.is_helpful, k.verdict in ('accepted', 'edited'))) as helped
  from knowledge_use k
  where k.article_id = a.id and ($2::text is null or k.category = $2)
) u on true
where a.id = any($1::text[]) and a.state = 'published'
