"""How Alembic runs the versions beside this: on the connection of ``bot.adapters.database.migrate``."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
