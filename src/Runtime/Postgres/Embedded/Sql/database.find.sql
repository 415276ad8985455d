-- Is the database there? $1 name. Index: pg_database_datname_index.
select exists (
  select
  from pg_database
  where datname = $1
)
