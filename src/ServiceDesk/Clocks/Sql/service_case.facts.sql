-- What is known of cases. $1 cases. Uses the primary key.
select id, service_case_facts(id)::text
from service_case
where id = any ($1::text[])
