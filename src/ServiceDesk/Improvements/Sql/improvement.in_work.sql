-- How many improvements a team works on. $1 team, $2 states that do not count. Few rows; uses a scan.
select count(*)
from improvement
where team = $1 and state <> all ($2)
