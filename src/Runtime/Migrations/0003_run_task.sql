-- ServiceLoop, migration 3: tasks that RunTask asks the world to do, open as long as their workflow waits for them or for its repair.
-- The reference removes those of an instance that retention removes.

create table run_task (
  task_id     text collate "C" primary key,
  instance_id text collate "C" not null references workflow_instance (id) on delete cascade,
  name        text not null,
  payload     json not null,
  created_at  timestamptz not null
);
create index run_task_instance on run_task (instance_id);
create index run_task_created on run_task (created_at, task_id);
