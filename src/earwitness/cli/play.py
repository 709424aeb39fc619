"""`earwitness play`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from earwitness.cli.desk import library_of, ref_argument, workspace_option

# In this order: the first that is there plays. The last of each only opens the file.
PLAYERS = {
    "darwin": (("afplay",), ("open",)),
    "win32": (("cmd", "/c", "start", "/wait", ""),),
    "linux": (("aplay", "-q"), ("paplay",), ("play", "-q"), ("xdg-open",)),
}


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
@workspace_option
@click.pass_context
def command(
    context: click.Context, ref: str, track: str, start_s: float, output: Path | None, workspace: str
) -> None:
    """Hear a conversation: caller left, agent right, as the caller heard it.

    Without a player, or without a sound device, it says where the WAV file is.

    Example: earwitness play latest --track agent --from 12.5
    """
    sound = library_of(context, workspace).conversation(ref).audio(track)
    file = output or Path(tempfile.mkdtemp(prefix="earwitness-")) / f"{track}.wav"
    sound.write(file, from_s=start_s)
    if output is not None or not _played(file):
        click.echo(f"{file}  ({max(sound.seconds - start_s, 0):.1f} s, {track})")


def _runs(words: list[str]) -> bool:
    """Players tell at length why they cannot play; that they cannot is all a reader needs."""
    return subprocess.run(words, check=False, stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603


def _played(file: Path) -> bool:
    for player in PLAYERS.get(sys.platform, ()):
        program = shutil.which(player[0])
        if player[0] == "xdg-open" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            continue  # there is no desktop to open it
        if program and _runs([program, *player[1:], str(file)]):
            return True
    click.echo("no player could play here (tried aplay, paplay, play ...); the file is yours:", err=True)
    return False
