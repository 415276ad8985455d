-- A contact as a row and nothing else. $1 id, $2 now.
insert into interaction (
  id, channel, external_id, digest, direction, state, sender_kind, sender, subject, body, transcript, attachments, started_at, received_at)
values ($1, 'bare', $1, '', 'inbound', 'received', 'email', $1, 'My order',
  'My order AB-12345 has not arrived yet. Please tell me what happened, and when it will be here.', '[]', '[]', $2, $2)
