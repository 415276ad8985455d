-- Those of some clocks that nobody has changed or is changing. $1 ids, $2 revisions. Uses the primary key. Ordered, so that two of these never wait in a ring.
select c.id
from unnest($1::text[], $2::integer[]) as t (id, rev)
join sla_clock c on c.id = t.id and c.rev = t.rev
order by c.id
for update of c skip locked
