"""`earwitness play`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from earwitness.cli.desk import conversation_of, raw_option, ref_argument, workspace_option
from earwitness.tui.playback import Playback, discard, temporary

if TYPE_CHECKING:
    from earwitness.pipeline.sound import Sound


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

    Without a player, or without a sound device, it says where the WAV file is: a plain copy, also of an
    encrypted call, that stays until you delete it. What was played leaves no file.

    Example: earwitness play latest --track agent --from 12.5
    """
    sound = conversation_of(context, workspace, ref, reason).audio(track)
    file = output or temporary(track)
    if output is None:
        said = _played(sound, file, start_s)
        if not said:
            return
        click.echo(f"{said}:", err=True)
    else:
        sound.write(file, from_s=start_s)
    click.echo(f"{file}  ({max(sound.seconds - start_s, 0):.1f} s, {track})")


def _played(sound: "Sound", file: Path, start_s: float) -> str:
    """What is to be said of the file that stays; nothing once it is played and gone."""
    try:
        sound.write(file, from_s=start_s)
        playback = Playback(file)
        playback.wait()
    except BaseException:  # broken off, too
        discard(file)
        raise
    return playback.let_go()
