"""Finishing a one-hour stereo call: what it costs, against ffmpeg doing the same in the same run.

Both sides come as mu-law at 8,000 samples per second in telephone packets of 20 ms. Out come, at 16,000
samples per second: the stereo WAV, the stereo FLAC, a FLAC of each side, and the waveform. ffmpeg, where it
is installed, makes the same files of the same bytes, but no waveform. Each job runs in a process of its own.

    python bench/finish.py [--minutes 60] [--json bench/results/finish.json]
"""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The measuring process imports no more than this: the system counts its memory to its children.

FROM_HZ, RATE_HZ, PACKET_BYTES = 8_000, 16_000, 160
SHAPES = ("one", "packets", "turns")
GOALS = {"times_real_time": 100, "peak_mb": 150, "cpu_of_ffmpeg": 0.8}


def speak(path: Path, seconds: int, seed: int) -> None:
    """Voiced noise in phrases with pauses, as mu-law: compresses about as speech does."""
    import numpy as np

    from earwitness.audio.codecs import encode

    rng = np.random.default_rng(seed)
    with path.open("wb") as file:
        for second in range(seconds):
            at = np.arange(FROM_HZ) / FROM_HZ + second
            pitch = 110 + 30 * np.sin(at * 1.7 + seed) + 60 * seed
            voice = sum(np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 12))
            phrase = np.clip(np.sin(2 * np.pi * at / (7 + seed)), 0, 1) * (0.6 + 0.4 * np.sin(25 * at))
            sound = 2_500 * voice * phrase + rng.standard_normal(FROM_HZ) * (8 + 300 * phrase)
            file.write(encode("mulaw", np.clip(sound, -32768, 32767).astype(np.int16)))


def packets(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(PACKET_BYTES):
            yield chunk


def side(path: Path, shape: str) -> Iterator[Any]:
    """`one`: a single piece; `packets`: a piece per packet; `turns`: 8 s of speech, then 4 s of nothing."""
    from earwitness.audio.render import Piece, render

    size = path.stat().st_size
    step, keep = {"one": (size, size), "packets": (PACKET_BYTES,) * 2, "turns": (96_000, 64_000)}[shape]
    shared = {"encoding": "mulaw", "rate_hz": FROM_HZ}
    pieces = (
        Piece(from_byte=at, byte_count=min(keep, size - at), at_ns=at * 125_000, **shared)
        for at in range(0, size, step)
    )
    return render(pieces, packets(path), rate_hz=RATE_HZ, length_ns=size * 125_000)


def finish(folder: Path, shape: str) -> None:
    from earwitness.audio.tracks import write_tracks

    out = folder / f"ours-{shape}"
    out.mkdir()
    waveform = write_tracks(
        side(folder / "caller.ul", shape),
        side(folder / "agent.ul", shape),
        rate_hz=RATE_HZ,
        caller_files=[out / "caller.flac"],
        agent_files=[out / "agent.flac"],
        stereo_files=[out / "stereo.wav", out / "stereo.flac"],
    )
    with (out / "waveform.json").open("wb") as file:
        file.writelines(waveform.json_chunks())


def ffmpeg_command(folder: Path) -> list[str]:
    out = folder / "ffmpeg"
    out.mkdir()
    source = ["-f", "mulaw", "-ar", str(FROM_HZ), "-ac", "1", "-i"]
    graph = (
        "[0]aresample=16000:resampler=soxr,asplit=2[c][l];[1]aresample=16000:resampler=soxr,asplit=2[a][r];"
        "[l][r]join=inputs=2:channel_layout=stereo,asplit=2[w][f]"
    )
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-filter_complex_threads", "1"]
    command += [
        *source,
        str(folder / "caller.ul"),
        *source,
        str(folder / "agent.ul"),
        "-filter_complex",
        graph,
    ]
    for label, name in (("w", "stereo.wav"), ("f", "stereo.flac"), ("c", "caller.flac"), ("a", "agent.flac")):
        command += ["-map", f"[{label}]", "-sample_fmt", "s16", "-threads", "1", str(out / name)]
    return command


def measured(command: list[str]) -> dict[str, float]:
    """CPU seconds, wall seconds and peak memory of one child process."""
    began = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return {
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "wall_s": round(time.perf_counter() - began, 2),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
    }


def measure(folder: Path, minutes: int) -> dict[str, Any]:
    itself = [sys.executable, __file__, "--folder", str(folder), "--minutes", str(minutes), "--job"]
    measured([*itself, "speak"])
    rows: dict[str, dict[str, float]] = {"imports alone": measured([*itself, "import"])}
    for shape in SHAPES:
        rows[f"earwitness, {shape}"] = measured([*itself, shape])
    if shutil.which("ffmpeg"):
        rows["ffmpeg"] = measured(ffmpeg_command(folder))
    sizes = {p.name: p.stat().st_size for p in sorted((folder / "ours-one").iterdir())}
    for name, row in rows.items():
        row["times_real_time"] = round(minutes * 60 / row["cpu_s"])
        if "ffmpeg" in rows and name != "imports alone":
            row["cpu_of_ffmpeg"] = round(row["cpu_s"] / rows["ffmpeg"]["cpu_s"], 2)
    per_minute = {name: round(size / minutes / 1000) for name, size in sizes.items()}
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    return {"minutes": minutes, "rows": rows, "kb_per_minute": per_minute, "goals": GOALS, "machine": machine}


def show(result: dict[str, Any]) -> None:
    print(f"Finishing a call of {result['minutes']} minutes, telephone audio on both sides")
    for name, row in result["rows"].items():
        print(f"  {name:<22}" + "  ".join(f"{key} {value:>7}" for key, value in row.items()))
    if "ffmpeg" not in result["rows"]:
        print("  NOT COMPARED: ffmpeg is not installed here (apt-get install ffmpeg)")
    print("  kB per minute:", ", ".join(f"{name} {size}" for name, size in result["kb_per_minute"].items()))
    print("  goals:", ", ".join(f"{name} {value}" for name, value in GOALS.items()))


def work(job: str, folder: Path, minutes: int) -> None:
    """One job, in the process that is measured."""
    if job == "speak":
        for seed, party in enumerate(("caller", "agent"), 1):
            speak(folder / f"{party}.ul", minutes * 60, seed)
    elif job == "import":
        import earwitness.audio.tracks  # noqa: F401
    else:
        finish(folder, job)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--json", type=Path, default=Path(__file__).parent / "results" / "finish.json")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--job", choices=["speak", "import", *SHAPES], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        work(options.job, options.folder, options.minutes)
        return
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options.minutes)
    show(result)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
