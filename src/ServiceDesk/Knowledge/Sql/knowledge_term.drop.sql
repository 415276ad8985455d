-- An article is found no more. $1 article. Uses knowledge_term_article.
delete from knowledge_term where article_id = $1
