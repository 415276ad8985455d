-- Lets those who write at the file of a case take turns. $1 case. Uses the primary key.
select erased_at is not null from service_case where id = $1 for update
