-- What became of the copies: ended, still waiting, timers left. No parameters.
select
  (select count(*) from workflow_instance where id like 'b%' and finished_at is not null),
  (select count(*) from workflow_instance where id like 'b%' and finished_at is null),
  (select count(*) from work where instance_id like 'b%')
