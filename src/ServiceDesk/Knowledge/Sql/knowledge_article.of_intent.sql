-- Published articles for an intent. $1 intent, $2 languages. Uses knowledge_article_intents.
select id
from knowledge_article
where state = 'published' and intents @> array[$1::text] and language = any($2::text[])
order by published_at desc, id
limit 40
