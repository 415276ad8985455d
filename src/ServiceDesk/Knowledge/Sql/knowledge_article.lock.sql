-- Lets those who change an article take turns. $1 id. Uses the primary key.
select id from knowledge_article where id = $1 for update
