"""`earwitness db`: the catalog's schema."""

import click

from earwitness.cli.desk import json_option, print_json, settings_of


@click.group("db")
def command() -> None:
    """Upgrade or downgrade the catalog's schema (Alembic).

    Example: earwitness db current
    """


def _url(context: click.Context) -> str:
    return settings_of(context).catalog_url


@command.command("upgrade")
@click.argument("revision", default="head")
@click.pass_context
def upgrade(context: click.Context, revision: str) -> None:
    """Bring the schema to REVISION, the newest unless said.

    Example: earwitness db upgrade
    """
    from earwitness.store import migrate

    migrate.upgrade(_url(context), revision)
    click.echo(migrate.current(_url(context)) or "base")


@command.command("downgrade")
@click.argument("revision", default="-1")
@click.pass_context
def downgrade(context: click.Context, revision: str) -> None:
    """Take the schema back to REVISION, one step unless said.

    Example: earwitness db downgrade -- -1
    """
    from earwitness.store import migrate

    migrate.downgrade(_url(context), revision)
    click.echo(migrate.current(_url(context)) or "base")


@command.command("current")
@json_option
@click.pass_context
def current(context: click.Context, as_json: bool) -> None:
    """Say which revision the catalog has.

    Example: earwitness db current
    """
    from earwitness.store import migrate

    revision = migrate.current(_url(context))
    if as_json:
        print_json({"revision": revision})
    else:
        click.echo(revision or "base")


@command.command("history")
@json_option
@click.pass_context
def history(context: click.Context, as_json: bool) -> None:
    """List all revisions, newest first.

    Example: earwitness db history
    """
    from earwitness.store import migrate

    revisions = migrate.history(_url(context))
    if as_json:
        print_json([{"id": r.id, "title": r.title, "is_current": r.is_current} for r in revisions])
        return
    for revision in revisions:
        click.echo(f"{revision.id}  {revision.title}{'  (current)' if revision.is_current else ''}")
