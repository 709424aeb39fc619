"""`earwitness transcript`."""

from pathlib import Path

import click

from earwitness.cli.desk import conversation_of, raw_option, ref_argument, say, workspace_option


@click.command("transcript")
@ref_argument
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "srt", "vtt"]), default="text", show_default=True
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@raw_option
@workspace_option
@click.pass_context
def command(
    context: click.Context, ref: str, reason: str | None, output: Path | None, form: str, workspace: str
) -> None:
    """Who said what, when; words that were generated but never heard stand apart.

    Example: earwitness transcript latest --format srt -o call.srt
    """
    words = conversation_of(context, workspace, ref, reason).transcript(form)
    if output is None:
        say(words, nl=False)
    else:
        output.write_text(words, "utf-8")
        click.echo(f"wrote {output}", err=True)
