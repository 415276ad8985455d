-- How many cases have come so far, of those opened by the bench. $1 statuses.
select count(*) from service_case where channel = 'chat' and status = any($1)
