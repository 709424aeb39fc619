"""`earwitness show`."""

import click

from earwitness.cli.desk import (
    json_option,
    kept_of,
    print_json,
    raw_option,
    ref_argument,
    say,
    settings_of,
    workspace_option,
)


@click.command("show")
@ref_argument
@raw_option
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, ref: str, reason: str | None, workspace: str, as_json: bool) -> None:
    """Show one conversation at a glance: facts, health, transcript.

    Example: earwitness show latest
    """
    recorded = kept_of(context, workspace, ref, reason)
    if as_json:
        print_json(recorded.document())
    else:
        say(recorded.summary(), nl=False)
        if recorded.row.labels:
            say(f"\nLabels: {', '.join(recorded.row.labels)}")
        click.echo(
            f"\nListen, for ten minutes, while a server runs: {_address(context, workspace, recorded.id)}"
        )


def _address(context: click.Context, workspace: str, conversation: str) -> str:
    from earwitness.server.links import Links
    from earwitness.store.secret_file import ensure_secret

    settings = settings_of(context)
    signed = Links(ensure_secret(settings.data_path, "links")).sign(workspace, conversation)
    return f"http://{settings.api.host}:{settings.api.port}/conversations/{conversation}?{signed}"
