-- What a team takes next: what law or safety ask for first, then the highest score; one that somebody else is changing is left to him. $1 team, $2 how many.
-- Uses improvement_rank.
select body, rev
from improvement
where team = $1 and state = 'registered'
order by is_bound desc, score desc, made_at
limit $2
for update skip locked
