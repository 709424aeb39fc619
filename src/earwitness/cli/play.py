"""`earwitness play`."""

import tempfile
from pathlib import Path

import click

from earwitness.cli.desk import conversation_of, raw_option, ref_argument, workspace_option
from earwitness.tui.playback import NO_PLAYER, Playback


@click.command("play")
@ref_argument
@click.option(
    "--track",
    type=click.Choice(["caller", "agent", "stereo", "agent-sent"]),
    default="stereo",
    show_default=True,
)
@click.option("--from", "start_s", type=click.FloatRange(min=0), default=0.0, help="Begin at this second.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the WAV here instead."
)
@raw_option
@workspace_option
@click.pass_context
def command(
    context: click.Context,
    ref: str,
    reason: str | None,
    track: str,
    start_s: float,
    output: Path | None,
    workspace: str,
) -> None:
    """Hear a conversation: caller left, agent right, as the caller heard it.

    Without a player, or without a sound device, it says where the WAV file is.

    Example: earwitness play latest --track agent --from 12.5
    """
    sound = conversation_of(context, workspace, ref, reason).audio(track)
    file = output or Path(tempfile.mkdtemp(prefix="earwitness-")) / f"{track}.wav"
    sound.write(file, from_s=start_s)
    if output is None:
        if Playback(file).wait():
            return
        click.echo(f"{NO_PLAYER}; the file is yours:", err=True)
    click.echo(f"{file}  ({max(sound.seconds - start_s, 0):.1f} s, {track})")
