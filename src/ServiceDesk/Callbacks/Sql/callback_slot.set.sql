-- How many callbacks may begin in a slot; what was promised stays. $1 slot, $2 room. Uses the primary key.
insert into callback_slot (starts_at, capacity) values ($1, $2)
on conflict (starts_at) do update set capacity = greatest(excluded.capacity, callback_slot.reserved)
returning capacity
