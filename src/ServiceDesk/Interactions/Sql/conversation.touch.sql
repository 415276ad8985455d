-- The thread of a contact, made where it is new. $1 id to be, $2 channel, $3 key, $4 when, $5 message window or null. Uses the unique key.
insert into conversation (id, channel, thread_key, state, message_window_until, opened_at, last_at)
values ($1, $2, $3, 'open', $5, $4, $4)
on conflict (channel, thread_key) do update
set last_at = greatest(conversation.last_at, excluded.last_at), state = 'open',
  message_window_until = coalesce(greatest(conversation.message_window_until, excluded.message_window_until), conversation.message_window_until)
returning id, case_id, (select root_id from customer where id = customer_id)
