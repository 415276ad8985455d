-- Hash of one entry. $1 number. Index: primary key.
select hash
from audit_entry
where number = $1
