-- After the fill, as autovacuum would.
analyze knowledge_article, knowledge_version, knowledge_term
