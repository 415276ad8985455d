-- How often customers were asked, and how often for what was known. $1 since when or null.
select coalesce(sum(asked_count), 0), coalesce(sum(repeat_count), 0)
from problem_question
where $1::timestamptz is null or opened_at >= $1
