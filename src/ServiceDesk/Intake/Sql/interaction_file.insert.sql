-- Files of a contact. $1 contact, $2 names, $3 kinds, $4 sizes, $5 digests, $6 widths, $7 heights, $8 moments, $9 contents, $10 now. Uses the primary key.
insert into interaction_file (id, interaction_id, name, media_type, size, sha256, width, height, taken_at, content, at)
select $1 || '-' || f.place, $1, f.name, f.media_type, f.size, f.sha256, f.width, f.height, f.taken_at::timestamp, f.content, $10
from unnest($2::text[], $3::text[], $4::integer[], $5::text[], $6::integer[], $7::integer[], $8::text[], $9::bytea[])
  with ordinality as f (name, media_type, size, sha256, width, height, taken_at, content, place)
