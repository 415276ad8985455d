-- What happened to clocks. $1 clocks, $2 moments, $3 kinds, $4 details, $5 who, $6 the moment of writing.
insert into clock_event (clock_id, at, kind, detail, who, said_at)
select t.clock_id, t.at, t.kind, t.detail, t.who, $6
from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[]) with ordinality as t (clock_id, at, kind, detail, who, place)
order by t.place
