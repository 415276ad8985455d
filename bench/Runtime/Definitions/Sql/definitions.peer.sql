-- The peer: a page of rows without content by primary key, with no filter and no order to make. $1 id to begin behind, $2 take.
select id, definition_id, version, name, is_latest, is_published, note, created_at, published_at
from definition_version
where id > $1
order by id
limit $2
