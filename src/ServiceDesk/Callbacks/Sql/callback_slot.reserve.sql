-- Takes room in a slot, if there is some. $1 slot, $2 usual room. Uses the primary key.
insert into callback_slot (starts_at, capacity, reserved)
select $1, $2, 1 where $2 > 0
on conflict (starts_at) do update set reserved = callback_slot.reserved + 1 where callback_slot.reserved < callback_slot.capacity
returning reserved
