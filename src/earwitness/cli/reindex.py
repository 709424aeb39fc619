"""`earwitness reindex`."""

import click

from earwitness.cli.desk import json_option, print_json, whole_library


@click.command("reindex")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Make the catalog and all files again from the journals. Stop the server first.

    Example: earwitness reindex
    """
    count = whole_library(context).reindex()
    if as_json:
        print_json({"conversations": count})
    else:
        click.echo(f"{count} conversations")
