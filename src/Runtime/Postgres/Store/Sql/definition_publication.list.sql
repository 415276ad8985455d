-- The publication history of a line, newest first. $1 line, $2 skip, $3 take. Index: definition_publication_line.
select definition_id, version_id, version, kind, replaced, at, who, note
from definition_publication
where definition_id = $1
order by id desc
offset $2
limit $3
