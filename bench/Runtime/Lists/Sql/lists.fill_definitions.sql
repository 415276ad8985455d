-- The lines that the instances belong to, three versions each. No parameters.
insert into definition_version (id, definition_id, version, name, type_name, is_latest, is_published, content, pins, created_at, published_at)
select 'flow-' || n || '-v' || v, 'flow-' || n, v, 'Service flow ' || n, 'ServiceFlow' || n, v = 3, v = 3, '{}', '{}', now(), now()
from generate_series(0, 199) n, generate_series(1, 3) v
