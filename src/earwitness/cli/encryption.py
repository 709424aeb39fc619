"""`earwitness encryption`: what is sealed with what."""

import click

from earwitness.cli.desk import settings_of


@click.group("encryption")
def command() -> None:
    """Encryption at rest: its state, and the rotation of keys.

    Example: earwitness encryption status
    """


@command.command("status")
@click.pass_context
def status(context: click.Context) -> None:
    """Is it on, and does the master key fit this data folder?

    Example: earwitness encryption status
    """
    from earwitness.privacy.vault import is_locked, open_vault

    settings = settings_of(context)
    vault = open_vault(settings)
    if vault is not None:
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
