-- Files of a contact. $1 contact. Uses interaction_file_interaction.
select id, name, media_type, size, sha256, width, height, taken_at
from interaction_file
where interaction_id = $1
order by id
