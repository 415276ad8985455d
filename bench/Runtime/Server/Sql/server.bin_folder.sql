-- Where the server's programs are. No parameters.
select setting
from pg_config
where name = 'BINDIR'
