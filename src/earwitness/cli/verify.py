"""`earwitness verify`."""

import sys
from pathlib import Path

import click

from earwitness.cli.desk import json_option, library_of, print_json, say, workspace_option


@click.command("verify")
@click.argument("ref", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="All recordings (the default without an ID).")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A signed head of the audit log that was kept elsewhere.",
)
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    ref: str | None,
    everything: bool,
    checkpoint: Path | None,
    workspace: str,
    as_json: bool,
) -> None:
    """Is everything as it was written? Journals, files, rows and the audit log: what is not, is named.

    With a checkpoint that was kept elsewhere also the owner of this machine cannot have changed anything
    before it. Exit status 0 when all is as written, 1 when not.

    Example: earwitness verify latest
    """
    if ref and everything:
        raise click.UsageError("give either an ID or --all")
    library = library_of(context, workspace)
    found = library.verify(ref)
    problems = library.prove(ref, checkpoint=checkpoint.read_text("utf-8") if checkpoint else None)
    broken = [problem for leg in found.values() for problem in leg.problems]
    if as_json:
        journals = {
            leg: {"ok": v.ok, "problems": list(v.problems), "blocks": v.blocks, "head": v.head}
            for leg, v in found.items()
        }
        print_json({"journals": journals, "problems": problems, "audit_entries": library.audit.size()})
    else:
        for leg, verification in found.items():
            state = "ok" if verification.ok else "; ".join(verification.problems)
            click.echo(f"{leg}  {verification.blocks} blocks, {verification.records} records: {state}")
        for problem in problems:
            say(problem)
        click.echo(f"audit log  {library.audit.size()} entries: {'see above' if problems else 'ok'}")
    sys.exit(1 if problems or broken else 0)
