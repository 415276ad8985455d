-- Gives room back. $1 slot. Uses the primary key.
update callback_slot set reserved = reserved - 1 where starts_at = $1 and reserved > 0
