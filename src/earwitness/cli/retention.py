"""`earwitness retention`: what goes when, by the rules of the settings."""

import click
import msgspec

from earwitness.cli.desk import json_option, library_of, print_json, say


@click.group("retention")
def command() -> None:
    """Delete what the rules of the settings no longer let stay, in all workspaces.

    A running server does so by itself, every hour.

    Example: earwitness retention run --dry-run
    """


@command.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@json_option
@click.pass_context
def run(context: click.Context, dry_run: bool, as_json: bool) -> None:
    """Erase every conversation that is due, and the originals of redacted ones that are; but for those that
    are held. Exits 1 where the clocks disagree.

    Example: earwitness retention run
    """
    retention = library_of(context).retention
    done = retention.plan() if dry_run else retention.run()
    if as_json:
        print_json(msgspec.to_builtins(done))
    else:
        for due in (*done.due, *done.originals):
            why = done.deferred.get(due.id)
            word = f"stays: {why}" if why else "would go" if dry_run or done.doubt else "gone"
            what = "its original, " if due in done.originals else ""
            say(f"{due.due_at:%Y-%m-%d}  {due.workspace}  {due.recording_id}  {what}rule {due.rule}  {word}")
        if not (done.due or done.originals):
            click.echo("nothing is due")
    if done.doubt:
        say(f"earwitness: nothing is deleted: {done.doubt}", err=True)
        click.echo("hint: Set the clock right. A new date is believed after an hour in agreement.", err=True)
        context.exit(1)
