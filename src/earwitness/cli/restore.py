"""`earwitness restore`."""

from pathlib import Path

import click

from earwitness.cli.desk import settings_of


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--signer", default="", help="Take only a backup that this key has signed (as `backup` said).")
@click.pass_context
def command(context: click.Context, file: Path, signer: str) -> None:
    """Put a backup into an empty data folder, check it, and make catalog and files anew.

    What was erased since then, as far as its tombstones are here, goes again at once.

    Example: earwitness restore monday.tar
    """
    from earwitness.library import Library

    manifest, count = Library(settings_of(context)).restore(file, signer=signer)
    click.echo(f"{count} conversations from {len(manifest.members)} files, signed by {manifest.signer}")
