-- Removes what is personal of a customer and of all that it goes on for. $1 id of the one that goes on, $2 now. Uses customer_root and the
-- indexes of the customer in the other tables.
with family as (
  update customer
  set state = 'erased', rev = rev + 1, name = null, zone = null, locale = null, journey_stage = null,
    preferences = '{"preferred":[],"quiet":[],"channels":[]}', do_not_contact = true, changed_at = $2
  where root_id = $1
  returning id
), known as (
  -- Everything by which the customer is known, read before it is deleted.
  select i.kind, i.value from customer_identity i join family f on f.id = i.customer_id
), identities as (
  delete from customer_identity i using family f where i.customer_id = f.id
), consents as (
  delete from customer_consent c using family f where c.customer_id = f.id
), meant as (
  -- Also what came before it was known whose it was: nobody else is known by the same, where it was proven.
  select i.id from interaction i join family f on f.id = i.customer_id
  union
  select i.id from interaction i join known k on k.kind = i.sender_kind and k.value = i.sender
  where i.customer_id is null
    and not exists (
      select from customer_identity o
      where o.kind = k.kind and o.value = k.value and not exists (select from family f where f.id = o.customer_id))
), contacts as (
  update interaction i
  set sender = null, subject = null, body = null, transcript = '[]', attachments = '[]', digest = '',
    external_id = case when i.external_id like 'erased:%' then i.external_id
      else 'erased:' || encode(sha256(convert_to(i.external_id, 'UTF8')), 'hex') end
  from meant m
  where i.id = m.id
  returning i.id, i.conversation_id
), threads as (
  update conversation v
  set thread_key = 'erased:' || v.id
  where v.customer_id in (select id from family)
    or v.customer_id is null and v.id in (select c.conversation_id from contacts c)
), promises as (
  update promise p set what = '' from family f where p.customer_id = f.id
), pictures as (
  delete from interaction_file x using contacts i where x.interaction_id = i.id
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
), told as (
  delete from problem_fact x using cases c where x.case_id = c.id
), asked_for as (
  delete from problem_question x using cases c where x.case_id = c.id
), tried as (
  delete from problem_attempt x using cases c where x.case_id = c.id
), handed as (
  update hand_over x set note = null, summary = '{}' from cases c where x.case_id = c.id
), judged as (
  update triage_result t set text = null from cases c where t.case_id = c.id
), decided as (
  update triage_correction t set reason = null from cases c where t.case_id = c.id
)
update service_case_event e set reason = null from cases c where e.case_id = c.id
