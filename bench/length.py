"""What a live call costs in memory as it gets longer: hours of telephone frames, sent as fast as they go.

    python bench/length.py

The tap records one call, as in `bench/tap.py`; its memory at the end of shorter and of longer ones
is compared. A minute of a call is 6,000 frames, both ways together.
"""

import json

from tap import HERE, measure

CALLS, WINDOW = 1, 1  # one frame on its way at a time: what waits for the disk is as little as it can be
SECONDS = (2, 8, 32)
FRAMES_A_MINUTE = 6_000


def main():
    rows = []
    for seconds in SECONDS:
        result = measure("recording", CALLS, seconds, WINDOW)
        minutes = result["frames"] / CALLS / FRAMES_A_MINUTE
        rows.append({"minutes": round(minutes, 1), "kb_per_call": round(result["kb_per_call"])})
        print(f"a call of {minutes:6.1f} minutes  {result['kb_per_call']:6.0f} kB", flush=True)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "length.json").write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
