-- Puts a model in force, unless it is. $1 version, $2 now, $3 who. Uses the primary key.
insert into triage_model_activation (version, at, by)
select $1, $2, $3
where $1 is distinct from (select a.version from triage_model_activation a order by a.seq desc limit 1)
