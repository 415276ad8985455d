-- Removes the publication history of a line. $1 line. Index: definition_publication_line.
delete from definition_publication
where definition_id = $1
