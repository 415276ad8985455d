-- Published articles with terms as frequent as words are: few in many articles, most in few. $1 articles, $2 words that there are.
with article as (
  insert into knowledge_article (
    id, key, language, state, latest_version, published_version, published_at, created_at, changed_at)
  select 'a' || n, 'a' || n, case when n % 2 = 0 then 'zh' else 'en' end, 'published', 1, 1, now(), now(), now()
  from generate_series(1, $1) n
  returning id, language
), version as (
  insert into knowledge_version (article_id, version, state, title, body, intents, is_standard, authors, written_at)
  select id, 1, 'published', 'Article ' || id, repeat('Text of the article. ', 40), '{}', true, array['bench'], now()
  from article
)
insert into knowledge_term (term, language, article_id, weight)
select 't' || (power(random(), 4) * $2)::int, a.language, a.id, (0.1 + 0.6 * random())::real
from article a
cross join generate_series(1, 60) k
on conflict do nothing
