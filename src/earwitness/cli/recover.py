"""`earwitness recover`."""

import sys

import click
import msgspec

from earwitness.cli.desk import json_option, print_json, whole_library
from earwitness.cli.group import LOSSY


@click.command("recover")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Put the journals of a crashed recorder in order. Torn ends are set aside, never deleted.

    Running calls are left alone. Exit status 0: all whole; 3: something was torn; 1: nothing there.

    Example: earwitness recover
    """
    found = whole_library(context).recover()
    if as_json:
        print_json([{"leg": leg, **msgspec.to_builtins(recovery)} for leg, recovery in found.items()])
    lossy = {leg: recovery for leg, recovery in found.items() if recovery.is_lossy}
    if not as_json:
        for leg, recovery in lossy.items():
            click.echo(f"{leg}  {recovery.set_aside_bytes} torn bytes set aside")
        click.echo(f"{len(found)} legs, {len(lossy)} of them torn")
    sys.exit(1 if not found else LOSSY if lossy else 0)
