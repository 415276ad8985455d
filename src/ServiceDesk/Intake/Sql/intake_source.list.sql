-- Sources, by name. Uses intake_source_name.
select id, name, channel, is_active, created_at, created_by
from intake_source
order by lower(name)
