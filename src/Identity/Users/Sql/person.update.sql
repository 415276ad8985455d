-- Changes what is told of a person. $1 id, $2 display name, $3 e-mail, $4 language, $5 time zone, $6 roles, $7 teams, $8 regions, $9 moment,
-- $10 row version that was seen. Primary key.
update person
set display_name = $2, email = $3, language = $4, time_zone = $5, roles = $6, teams = $7, regions = $8, changed_at = $9, row_version = row_version + 1
where id = $1 and row_version = $10
