"""`earwitness show`."""

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, say, workspace_option


@click.command("show")
@ref_argument
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, ref: str, workspace: str, as_json: bool) -> None:
    """Show one conversation at a glance: facts, health, transcript.

    Example: earwitness show latest
    """
    recorded = library_of(context, workspace).conversation(ref)
    if as_json:
        print_json(recorded.document())
    else:
        say(recorded.summary(), nl=False)
