-- Figures of a time. $1 from, $2 to, $3 now. Uses knowledge_use_at, service_case_settled and knowledge_article_published.
select
  (select count(*) from knowledge_use u where u.kind = 'recommended' and u.at >= $1 and u.at < $2),
  (select count(*) from knowledge_use u where u.kind = 'recommended' and u.verdict in ('accepted', 'edited') and u.at >= $1 and u.at < $2),
  (select count(*) from knowledge_use u where u.is_helpful is not null and u.at >= $1 and u.at < $2),
  (select count(*) from knowledge_use u where u.is_helpful and u.at >= $1 and u.at < $2),
  (select count(*) from knowledge_use u where u.kind = 'answered' and u.at >= $1 and u.at < $2),
  (select count(*) from service_case c where c.resolution_mode is not null and c.resolved_at >= $1 and c.resolved_at < $2),
  (
    select count(*)
    from service_case c
    where c.resolution_mode is not null and c.resolved_at >= $1 and c.resolved_at < $2
      and exists (
        select 1
        from knowledge_use u
        where u.case_id = c.id and u.is_helpful is distinct from false and (u.kind <> 'recommended' or u.verdict in ('accepted', 'edited'))
      )
  ),
  (select count(*) from knowledge_article a where a.state = 'published'),
  (
    select count(*)
    from knowledge_article a
    where a.state = 'published' and (a.published_at < $3 - interval '1 year' or a.expires_at < $3 + interval '30 days')
  )
