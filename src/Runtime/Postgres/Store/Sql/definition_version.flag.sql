-- Sets the flags of versions. $1 ids, $2 latest, $3 published. Index: definition_version_pkey.
update definition_version d
set is_latest = t.is_latest,
    is_published = t.is_published
from unnest($1::text[], $2::boolean[], $3::boolean[]) as t(id, is_latest, is_published)
where d.id = t.id
