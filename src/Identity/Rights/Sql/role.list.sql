-- All roles of the company. A handful of rows: the table is read as a whole.
select name, title, permissions, row_version, created_at, changed_at
from role
order by name
