-- Appends to the publication history. $1 line, $2 version, $3 number, $4 kind (PublicationKind), $5 number of the version before, $6 moment, $7 who,
-- $8 note. No index.
insert into definition_publication (definition_id, version_id, version, kind, replaced, at, who, note)
select *
from unnest($1::text[], $2::text[], $3::integer[], $4::smallint[], $5::integer[], $6::timestamptz[], $7::text[], $8::text[])
