"""`earwitness users`: who logs in with a password."""

import sys

import click

from earwitness.cli.desk import json_option, print_json, settings_of, workspace_option

ROLES = ("viewer", "reviewer", "auditor", "admin")
role_option = click.option(
    "--role",
    type=click.Choice(ROLES),
    default="viewer",
    show_default=True,
    help="viewer: reads. reviewer: reads raw too, annotates. auditor: reads, and who did what. admin: all.",
)
password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)


@click.group("users")
def command() -> None:
    """Add, change and remove people who log in with a password.

    Example: earwitness users list
    """


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@command.command("add")
@click.argument("name")
@role_option
@password_option
@workspace_option
@click.pass_context
def add(context: click.Context, name: str, role: str, password_stdin: bool, workspace: str) -> None:
    """Add a user called NAME.

    Example: earwitness users add ana --role reviewer
    """
    from earwitness.library import Library

    Library(settings_of(context)).users.add(workspace, name, role, _password(password_stdin))
    click.echo(f"{role} {name} may log in")


@command.command("list")
@workspace_option
@json_option
@click.pass_context
def list_users(context: click.Context, workspace: str, as_json: bool) -> None:
    """List who may log in.

    Example: earwitness users list --json
    """
    from earwitness.library import Library

    rows = Library(settings_of(context)).users.list(workspace)
    if as_json:
        print_json([row.document() for row in rows])
        return
    for row in rows:
        click.echo(f"{row.created_at:%Y-%m-%d}  {row.role:8}  {row.name}")


@command.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@workspace_option
@click.pass_context
def set_role(context: click.Context, name: str, role: str, workspace: str) -> None:
    """Give NAME another role, also where they are logged in now.

    Example: earwitness users role ana auditor
    """
    from earwitness.library import Library

    Library(settings_of(context)).users.set_role(workspace, name, role)
    click.echo(f"{name} is {role}")


@command.command("password")
@click.argument("name")
@password_option
@workspace_option
@click.pass_context
def set_password(context: click.Context, name: str, password_stdin: bool, workspace: str) -> None:
    """Give NAME another password. Where they are logged in now, they are logged out.

    Example: earwitness users password ana
    """
    from earwitness.library import Library

    Library(settings_of(context)).users.set_password(workspace, name, _password(password_stdin))
    click.echo(f"{name} has a new password")


@command.command("remove")
@click.argument("name")
@workspace_option
@click.pass_context
def remove(context: click.Context, name: str, workspace: str) -> None:
    """Let NAME in no more, from now on.

    Example: earwitness users remove ana
    """
    from earwitness.library import Library

    Library(settings_of(context)).users.remove(workspace, name)
    click.echo(f"removed {name}")
