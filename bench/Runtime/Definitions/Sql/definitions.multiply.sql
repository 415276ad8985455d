-- Makes many versions of one. $1 id of the version, $2 lines, $3 versions of each line, $4 prefix of the lines. No index.
insert into definition_version (
  id, definition_id, version, name, type_name, is_latest, is_published, content, pins, created_at, published_at, description, tool_version
)
select
  $4 || line || '-' || number, $4 || line, number, 'Workflow ' || md5($4 || line), 'Workflow' || md5($4 || line), number = $3, number = $3 - 1,
  content, pins, created_at + number * interval '1 s', created_at, 'What step ' || md5(line || '/' || number) || ' is good for', tool_version
from definition_version, generate_series(1, $2) as line, generate_series(1, $3) as number
where id = $1
