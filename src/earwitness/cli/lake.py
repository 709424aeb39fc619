"""`earwitness lake`: the tables that metrics are asked of."""

import click

from earwitness.cli.desk import library_of, say, workspace_option


@click.group("lake")
def command() -> None:
    """The tables of all conversations that have ended: Parquet files in the object store.

    The work after each call fills them. They need the extra: pip install 'earwitness[lake]'

    Example: earwitness lake rebuild
    """


@command.command("rebuild")
@workspace_option
@click.pass_context
def rebuild(context: click.Context, workspace: str) -> None:
    """Take in every call that has ended, as it is told today: after installing the extra, or with new prices.

    Example: earwitness lake rebuild
    """
    library = library_of(context, workspace)
    count = library.rebuild_lake()
    library.tidy_lake()
    say(f"{count} conversations are in the lake")
