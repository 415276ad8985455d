-- Switches that stand, the newest first, with the starts that went by them. Index: degraded_switch_open, degraded_start_escalation.
select s.escalation_id, s.definition_id, s.queue_id, s.category, s.channel, s.since, s.fault,
  (select count(*) from degraded_start d where d.escalation_id = s.escalation_id)
from degraded_switch s
where s.ended_at is null
order by s.since desc
