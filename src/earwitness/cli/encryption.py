"""`earwitness encryption`: what is sealed with what."""

from pathlib import Path

import click

from earwitness.cli.desk import json_option, print_json, settings_of


@click.group("encryption")
def command() -> None:
    """Encryption at rest: its state, and the rotation of keys.

    Example: earwitness encryption status
    """


@command.command("key")
@click.argument("file", type=click.Path(path_type=Path))
def key(file: Path) -> None:
    """Make a master key in a new file that its owner alone can read, and say how to set it.

    Keep the file where backups of the data do not go, and a copy of it elsewhere: without it nothing that was
    recorded can be opened any more, by nobody.

    Example: earwitness encryption key master.key
    """
    from earwitness.privacy.providers import make_key

    click.echo(f'[encryption]\nkey = "{make_key(file)}"')


@command.command("status")
@json_option
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Is it on, and does the master key fit this data folder?

    Example: earwitness encryption status
    """
    from earwitness.privacy.vault import is_locked, open_vault

    settings = settings_of(context)
    vault = open_vault(settings)
    if as_json:
        state = "on" if vault else "locked" if is_locked(settings) else "off"
        print_json({"state": state, "keys": vault.count() if vault else None})
    elif vault is not None:
        click.echo(f"on: {vault.count()} keys, wrapped under {settings.encryption.key}")
    elif is_locked(settings):
        click.echo("locked: the folder is encrypted and encryption.key is not set")
    else:
        click.echo("off: what is recorded can be read by whoever reads the data folder")


@command.command("rotate")
@click.pass_context
def rotate(context: click.Context) -> None:
    """Wrap all keys anew under the present master key. Recordings stay as they are, and calls go on.

    Put the new master key first (encryption.key; in a file or variable on the first line) and the old one
    behind it (encryption.old_keys, or a further line); afterwards the old one is not needed any more.

    Example: earwitness encryption rotate
    """
    from earwitness.errors import SettingsError
    from earwitness.privacy.vault import open_vault

    vault = open_vault(settings_of(context))
    if vault is None:
        raise SettingsError("encryption is off", hint="Set encryption.key first.")
    click.echo(f"{vault.rotate()} keys wrapped anew")
