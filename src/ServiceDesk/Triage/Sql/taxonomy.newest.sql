-- Number of the newest version. Uses the primary key.
select max(version) from taxonomy
