-- Ids of people who share a team and a region with somebody. $1 teams, $2 regions, null for any. Reads the table of people, which is small.
select id::text
from person
where ($1::text[] is null or teams && $1) and ($2::text[] is null or regions && $2)
