-- The schema of week 9, as a learner may end up with it.
create table users (
  id         bigint generated always as identity primary key,
  email      text not null,
  name       text not null check (name <> ''),
  created_at timestamptz not null default now()
);
create unique index users_email on users (lower(email));

create table lists (
  id         bigint generated always as identity primary key,
  title      text not null check (length(title) between 1 and 200),
  created_at timestamptz not null default now()
);

create table memberships (
  list_id bigint not null references lists on delete cascade,
  user_id bigint not null references users,
  role    text not null check (role in ('owner', 'editor', 'reader')),
  inbox   boolean not null default false,
  primary key (list_id, user_id)
);
create unique index one_inbox on memberships (user_id) where inbox;

create table tasks (
  id         bigint generated always as identity primary key,
  list_id    bigint not null references lists on delete cascade,
  parent_id  bigint check (parent_id <> id),
  title      text not null check (length(title) between 1 and 500),
  priority   smallint not null default 2 check (priority between 1 and 3),
  due_on     date,
  done_at    timestamptz,
  created_at timestamptz not null default now(),
  unique (list_id, id),
  foreign key (list_id, parent_id) references tasks (list_id, id) on delete cascade
);

create table tags (
  id      bigint generated always as identity primary key,
  list_id bigint not null references lists on delete cascade,
  name    text not null check (name <> ''),
  unique (list_id, name),
  unique (list_id, id)
);

create table task_tags (
  list_id bigint not null,
  task_id bigint not null,
  tag_id  bigint not null,
  primary key (task_id, tag_id),
  foreign key (list_id, task_id) references tasks (list_id, id) on delete cascade,
  foreign key (list_id, tag_id) references tags (list_id, id) on delete cascade
);

create table events (
  id      bigint generated always as identity primary key,
  task_id bigint not null references tasks on delete cascade,
  user_id bigint not null references users,
  kind    text not null check (kind in ('created', 'renamed', 'done', 'reopened', 'moved')),
  at      timestamptz not null default now()
);
