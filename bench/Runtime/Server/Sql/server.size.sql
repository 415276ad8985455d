-- Bytes of this database. No parameters.
select pg_database_size(current_database())
