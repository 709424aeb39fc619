"""`earwitness backup`."""

from pathlib import Path

import click

from earwitness.cli.desk import json_option, print_json, whole_library


@click.command("backup")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write; never an old one.",
)
@json_option
@click.pass_context
def command(context: click.Context, output: Path, as_json: bool) -> None:
    """Write everything that cannot be made again into one file, while calls run.

    Journals, wrapped keys, secrets, users and API keys, holds, annotations, the audit log. Who has this file
    and the master key has everything: keep it as safe as the recordings.

    Example: earwitness backup -o monday.tar
    """
    manifest = whole_library(context).back_up(output)
    size = sum(member.byte_count for member in manifest.members.values())
    if as_json:
        print_json({"files": len(manifest.members), "bytes": size, "signer": manifest.signer})
        return
    click.echo(f"{len(manifest.members)} files, {size} bytes, signed by {manifest.signer}")
