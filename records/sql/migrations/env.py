"""Alembic's entry: runs migrations on the connection that `records.sql.migrate` hands over."""

from alembic import context

from records.sql.migrate import is_ours, render_type
from records.sql.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=is_ours,
    render_item=render_type,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
