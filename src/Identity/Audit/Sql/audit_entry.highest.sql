-- The highest number that an entry has; null without any. No parameters. Index: primary key.
select max(number)
from audit_entry
