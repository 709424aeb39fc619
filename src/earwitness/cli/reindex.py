"""`earwitness reindex`."""

import click

from earwitness.cli.desk import settings_of


@click.command("reindex")
@click.pass_context
def command(context: click.Context) -> None:
    """Make the catalog and all files again from the journals. Stop the server first.

    Example: earwitness reindex
    """
    from earwitness.library import Library

    count = Library(settings_of(context)).reindex()
    click.echo(f"{count} conversations")
