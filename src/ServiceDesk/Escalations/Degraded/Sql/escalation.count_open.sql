-- Open escalations that speak for themselves, by level, and how many of them nobody has acknowledged. Index: escalation_open.
select level, count(*), count(*) filter (where state = 0)
from escalation
where state < 2 and not is_silent
group by level
order by level
