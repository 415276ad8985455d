-- The highest number of a line that was ever published; null for none. $1 line. Index: definition_publication_number.
select max(version)
from definition_publication
where definition_id = $1
