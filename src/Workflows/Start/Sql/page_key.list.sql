-- All keys, oldest first. A handful of rows: the table is read as a whole.
select xml, name
from page_key
order by created_at, name;
