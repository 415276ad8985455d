-- What happened to an escalation. $1 escalation, $2 moments, $3 kinds, $4 details, $5 who.
insert into escalation_event (escalation_id, at, kind, detail, who)
select $1, t.at, t.kind, t.detail, t.who
from unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[]) with ordinality as t (at, kind, detail, who, place)
order by t.place
