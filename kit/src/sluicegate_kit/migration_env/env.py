"""Alembic's environment for every service: the connection, and its transaction, are those of `migrate.py`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
