"""`earwitness verify`."""

import sys

import click

from earwitness.cli.desk import json_option, library_of, print_json, workspace_option


@click.command("verify")
@click.argument("ref", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="All journals (the default without an ID).")
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, ref: str | None, everything: bool, workspace: str, as_json: bool) -> None:
    """Check every block of the journals: checksums, numbers, the chain of hashes.

    Exit status 0 when all is as written, 1 when not.

    Example: earwitness verify latest
    """
    if ref and everything:
        raise click.UsageError("give either an ID or --all")
    found = library_of(context, workspace).verify(ref)
    if as_json:
        print_json(
            {
                leg: {"ok": v.ok, "problems": list(v.problems), "blocks": v.blocks, "head": v.head}
                for leg, v in found.items()
            }
        )
    else:
        for leg, verification in found.items():
            state = "ok" if verification.ok else "; ".join(verification.problems)
            click.echo(f"{leg}  {verification.blocks} blocks, {verification.records} records: {state}")
    sys.exit(0 if all(verification.ok for verification in found.values()) else 1)
