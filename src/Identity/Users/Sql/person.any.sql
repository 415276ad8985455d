-- Whether there is anybody. No parameters. Primary key.
select exists (select 1 from person)
