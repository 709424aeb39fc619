"""`earwitness redact`: take out what somebody saw afterwards."""

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, say, workspace_option


@click.command("redact")
@ref_argument
@click.option("--words", multiple=True, metavar="TEXT", help="Words to be taken out wherever they stand.")
@click.option(
    "--stretch",
    "stretches",
    multiple=True,
    nargs=2,
    type=float,
    metavar="FROM TO",
    help="Seconds of the call of which no word and no sound stays.",
)
@click.option("--reason", default="", help="Why; kept in the audit trail.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    ref: str,
    words: tuple[str, ...],
    stretches: tuple[tuple[float, float], ...],
    reason: str,
    workspace: str,
    as_json: bool,
) -> None:
    """Take out words and stretches by hand, and make everything anew.

    Without --words and --stretch it is redacted again by the settings of today.

    Example: earwitness redact latest --words "Jane Doe" --stretch 12.5 14
    """
    import msgspec

    from earwitness.store.redaction_marks import NewMarks, Stretch

    marks = NewMarks(
        words=words,
        stretches=tuple(Stretch(from_ms=round(a * 1000), to_ms=round(b * 1000)) for a, b in stretches),
        reason=reason,
    )
    done = library_of(context, workspace).redact(ref, marks)
    if as_json:
        print_json(msgspec.structs.asdict(done))
        return
    say(f"{done.conversation_id}  {done.state}, {done.masks} masks")
