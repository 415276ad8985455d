-- ServiceLoop, migration 1: what every later migration may rely on.
-- The table schema_migration is made by the runner. A file that was released is never edited again: write the next number.

-- Substring search with an index, in every script (the cluster's LC_CTYPE is UTF-8).
create extension if not exists pg_trgm;
