"""`earwitness keys`: who may ask."""

import click

from earwitness.cli.desk import json_option, print_json, settings_of, workspace_option

SCOPES = ("capture", "write", "read", "read-raw", "audit", "admin")


@click.group("keys")
def command() -> None:
    """Make, list and revoke API keys.

    Example: earwitness keys list
    """


@command.command("create")
@click.argument("name")
@click.option(
    "--scope", "scopes", type=click.Choice(SCOPES), multiple=True, default=("read",), show_default=True
)
@workspace_option
@json_option
@click.pass_context
def create(context: click.Context, name: str, scopes: tuple[str, ...], workspace: str, as_json: bool) -> None:
    """Make a key called NAME. It is shown only now.

    Example: earwitness keys create grafana --scope read
    """
    from earwitness.library import Library

    text = Library(settings_of(context)).keys.create(name, scopes, workspace).text
    if as_json:
        print_json({"key": text})
    else:
        click.echo(text)


@command.command("list")
@workspace_option
@json_option
@click.pass_context
def list_keys(context: click.Context, workspace: str, as_json: bool) -> None:
    """List keys; their secrets are not kept and cannot be shown.

    Example: earwitness keys list --json
    """
    from earwitness.library import Library

    rows = Library(settings_of(context)).keys.list(workspace)
    if as_json:
        print_json([row.document() for row in rows])
        return
    for row in rows:
        state = "revoked" if row.revoked_at else "valid"
        click.echo(f"{row.id}  {state:8}  {row.workspace_id}  {','.join(row.scopes):24}  {row.name}")


@command.command("revoke")
@click.argument("key_id")
@workspace_option
@click.pass_context
def revoke(context: click.Context, key_id: str, workspace: str) -> None:
    """Refuse a key from now on.

    Example: earwitness keys revoke 3fQ81aZk
    """
    from earwitness.library import Library

    Library(settings_of(context)).keys.revoke(workspace, key_id)
    click.echo(f"revoked {key_id}")
