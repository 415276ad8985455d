-- Removes what is personal of a customer and of all that it goes on for. $1 id of the one that goes on, $2 now. Uses customer_root and the
-- indexes of the customer in the other tables.
with family as (
  update customer
  set state = 'erased', rev = rev + 1, name = null, zone = null, locale = null, journey_stage = null,
    preferences = '{"preferred":[],"quiet":[],"channels":[]}', do_not_contact = true, changed_at = $2
  where root_id = $1
  returning id
), identities as (
  delete from customer_identity i using family f where i.customer_id = f.id
), consents as (
  delete from customer_consent c using family f where c.customer_id = f.id
), contacts as (
  update interaction i
  set sender = null, subject = null, body = null, transcript = '[]', attachments = '[]', digest = ''
  from family f
  where i.customer_id = f.id
), calls as (
  update callback b
  set numbers = '{}', reason = null, rev = b.rev + 1, end_reason = case when b.state in ('cancelled', 'superseded') then null else b.end_reason end
  from family f
  where b.customer_id = f.id
  returning b.id
), attempts as (
  update callback_attempt a set note = null from calls b where a.callback_id = b.id
), asked as (
  select u.id from follow_up u join family f on f.id = u.customer_id
), answers as (
  update survey_response r set verbatim = null from asked u where r.follow_up_id = u.id
), findings as (
  -- What a low answer said stands in its finding, too.
  update finding n set detail = null from asked u where n.id = u.id || ':low'
), messages as (
  update message m set recipient = '', subject = null, body = '' from family f where m.customer_id = f.id and m.status = 1
), unsent as (
  delete from message m using family f where m.customer_id = f.id and m.status <> 1
), cases as (
  update service_case c
  set title = null, resolution_note = null, status_reason = null, erased_at = $2, rev = c.rev + 1
  from family f
  where c.customer_id = f.id
  returning c.id
), judged as (
  update triage_result t set text = null from cases c where t.case_id = c.id
), decided as (
  update triage_correction t set reason = null from cases c where t.case_id = c.id
)
update service_case_event e set reason = null from cases c where e.case_id = c.id
