-- Removes some old history that no month was prepared for. $1 moment, $2 how many. The default partition is empty as a rule.
delete from journal_default
where ctid = any(array(select ctid from journal_default where at < $1 limit $2))
