"""`earwitness delete`."""

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, workspace_option


@click.command("delete")
@ref_argument
@click.option("--reason", default="", help="Why; kept in the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, ref: str, reason: str, yes: bool, workspace: str, as_json: bool) -> None:
    """Delete a conversation for good: keys, files, journals and rows.

    Example: earwitness delete 0199 --yes
    """
    library = library_of(context, workspace)
    row = library.conversation(ref).row
    if not yes:
        click.confirm(f"Delete {row.recording_id} for good?", abort=True)
    erasure = library.erase(row.id, reason=reason)
    if as_json:
        print_json(erasure.document())
    elif erasure.state == "done":
        click.echo(f"deleted {row.id}, certificate {erasure.id}")
    else:
        click.echo(f"deferred: {erasure.deferred_because} keeps {row.id}; it goes when nothing does")
