-- Why a task was offered to whom. $1 task. Index: why_pkey.
select offer_no, at, chosen, candidates, rejected
from why
where task_id = $1
order by offer_no
