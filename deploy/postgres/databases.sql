-- A database for each service, and a role that alone may open it. Repeating it changes passwords and nothing else.
\set ON_ERROR_STOP on

\set name sluicegate_api
\getenv password API_DATABASE_PASSWORD
\ir database.sql

\set name sluicegate_worker
\getenv password WORKER_DATABASE_PASSWORD
\ir database.sql

\set name sluicegate_checkpoint
\getenv password CHECKPOINT_DATABASE_PASSWORD
\ir database.sql
