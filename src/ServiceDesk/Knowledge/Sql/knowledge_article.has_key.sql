-- Whether there is an article of a key in a language. $1 key, $2 language. Uses the unique key.
select exists (select 1 from knowledge_article where key = $1 and language = $2)
