-- The small data of week 10, every answer of which can be worked out by hand.
-- Today is 2025-06-18, a Wednesday.
insert into users (email, name) values ('ann@example.com', 'Ann'), ('bo@example.com', 'Bo'), ('cy@example.com', 'Cy');
insert into lists (title) values ('home'), ('band'), ('work'), ('empty');
insert into memberships (list_id, user_id, role) values
  (1, 1, 'owner'), (1, 2, 'editor'), (2, 2, 'owner'), (2, 1, 'reader'), (2, 3, 'editor'), (3, 3, 'owner'), (4, 1, 'owner');
insert into tasks (list_id, parent_id, title, due_on, done_at, created_at) values
  (1, null, 'paint',    '2025-06-10', null,                '2025-06-01 09:00Z'),  -- 1, overdue
  (1, 1,    'brushes',  '2025-06-09', '2025-06-08 10:00Z', '2025-06-01 10:00Z'),  -- 2
  (1, 1,    'colours',  null,         null,                '2025-06-02 10:00Z'),  -- 3
  (1, 3,    'white',    '2025-06-12', null,                '2025-06-02 11:00Z'),  -- 4, overdue
  (1, null, 'milk',     null,         '2025-06-02 18:00Z', '2025-06-02 12:00Z'),  -- 5
  (2, null, 'song',     '2025-06-20', null,                '2025-06-03 20:00Z'),  -- 6
  (2, null, 'gig',      '2025-06-17', null,                '2025-06-04 20:00Z'),  -- 7, overdue
  (2, null, 'strings',  null,         '2025-06-09 23:30Z', '2025-06-05 20:00Z'),  -- 8
  (3, null, 'report',   '2025-06-11', '2025-06-10 08:00Z', '2025-06-05 08:00Z'),  -- 9
  (3, null, 'invoice',  '2025-06-16', null,                '2025-06-06 08:00Z');  -- 10, overdue
insert into tags (list_id, name) values (1, 'urgent'), (1, 'shop'), (2, 'urgent'), (3, 'urgent');
insert into task_tags values (1, 1, 1), (1, 2, 2), (1, 4, 1), (1, 4, 2), (2, 7, 3), (3, 10, 4);
insert into events (task_id, user_id, kind, at) values
  (5, 1, 'done', '2025-06-02 18:00Z'), (2, 1, 'done', '2025-06-08 10:00Z'), (8, 2, 'done', '2025-06-09 23:30Z'),
  (9, 3, 'done', '2025-06-10 08:00Z'), (7, 1, 'renamed', '2025-06-10 08:00Z'), (2, 1, 'done', '2025-06-09 10:00Z'), (3, 1, 'done', '2025-06-10 10:00Z');
