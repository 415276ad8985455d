-- Nothing, to see whether the connection is alive. No parameters.
select 1
