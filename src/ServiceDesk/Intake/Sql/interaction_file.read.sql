-- A file of a contact with its content. $1 id. Uses the primary key.
select id, name, media_type, size, sha256, width, height, taken_at, content
from interaction_file
where id = $1
