"""`earwitness restore`."""

from pathlib import Path

import click

from earwitness.cli.desk import json_option, print_json, whole_library


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--signer", default="", help="Take only a backup that this key has signed (as `backup` said).")
@json_option
@click.pass_context
def command(context: click.Context, file: Path, signer: str, as_json: bool) -> None:
    """Put a backup into an empty data folder, check it, and make catalog and files anew.

    What was erased since then, as far as its tombstones are here, goes again at once.

    Example: earwitness restore monday.tar
    """
    manifest, count = whole_library(context).restore(file, signer=signer)
    if as_json:
        print_json({"conversations": count, "files": len(manifest.members), "signer": manifest.signer})
        return
    click.echo(f"{count} conversations from {len(manifest.members)} files, signed by {manifest.signer}")
