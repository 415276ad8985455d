-- A queue, without how much waits. $1 id. Index: queue_pkey.
select *, 0::bigint as waiting
from queue
where id = $1
