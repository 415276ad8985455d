-- A contact, once for each id of its channel, also when it was erased since. $1 id, $2 channel, $3 id on it, $4 digest, $5 direction, $6 kind and $7 value of the sender, $8 subject, $9 body,
-- $10 transcript, $11 attachments, $12 sentiment, $13 language, $14 bot, $15 start, $16 end, $17 now. Uses the unique key.
insert into interaction (
  id, channel, external_id, digest, direction, state, sender_kind, sender, subject, body, transcript, attachments, sentiment, language, bot_handled,
  started_at, ended_at, received_at)
select $1, $2, $3, $4, $5, 'received', $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, $13, $14, $15, $16, $17
where not exists (
  select from interaction where channel = $2 and external_id = 'erased:' || encode(sha256(convert_to($3, 'UTF8')), 'hex'))
on conflict (channel, external_id) do nothing
