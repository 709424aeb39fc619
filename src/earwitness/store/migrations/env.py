"""Where Alembic meets the open connection that `store.migrate` hands it."""

from alembic import context

from earwitness.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,  # the caller's one transaction holds every step
    transaction_per_migration=False,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
