"""Commands about recorded calls, one after the other, as somebody types them."""

import json
import os
import re
import wave
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from chaos_tools import Mount, needs_root, needs_tool
from earwitness.journal.reader import leg_folders
from earwitness.server.links import Links
from earwitness.store.secret_file import ensure_secret
from earwitness.tui import playback
from loopback import Answer, Asked, Loopback
from played import Played
from served import run
from typed import Typist

OPUSAGENT = {
    "caller_audio.wav",
    "bot_audio.wav",
    "stereo_recording.wav",
    "final_stereo_recording.wav",
    "transcript.json",
    "call_metadata.json",
    "session_events.json",
}


def test_show_tells_the_call_at_a_glance(typist: Typist, order: str) -> None:
    assert "mushroom pizza" in typist.type("show", order).stdout
    assert typist.json("show", order)["id"] == order
    assert typist.json("show", "latest")["id"] == typist.json("list")[0]["id"]


def test_view_prints_what_its_flags_ask_without_opening_a_screen(
    typist: Typist, order: str, tmp_path: Path
) -> None:
    assert order in typist.type("view", "--list").stdout
    assert "mushroom pizza" in typist.type("view", "--summary", order).stdout
    typist.type("view", "--export", tmp_path / "call.txt", order)
    assert "mushroom pizza" in (tmp_path / "call.txt").read_text("utf-8")


def test_stats_tells_a_metric_over_all_calls_by_groups_and_lists_what_there_is(typist: Typist) -> None:
    listed = typist.type("stats", "--metric", "list").stdout
    assert len(listed.splitlines()) == 15
    shown = typist.type("stats", "--metric", "response_time", "--by", "day,provider").stdout.splitlines()
    assert shown[1].split()[:5] == ["day", "provider", "value", "p50", "p95"]
    told = typist.json("stats", "--metric", "volume", "--provider", "twilio")
    assert told["points"][0]["value"] == len(typist.json("list", "--provider", "twilio", "--limit", "500"))
    typist.type("stats", exits=2)
    none = typist.type("stats", "--metric", "response_time", "--by", "day", "--label", "nobodys").stdout
    assert "no conversation fits" in none
    assert "nothing yet" not in none
    typist.type("stats", "latest", "--metric", "volume", exits=2)
    assert "volume" in typist.refused("stats", "--metric", "nonsense")


def test_the_lake_is_made_again_from_the_calls_there_are(typist: Typist) -> None:
    before = typist.json("stats", "--metric", "messages", "--by", "day,label")
    assert "are in the lake" in typist.type("lake", "rebuild").stdout
    assert typist.json("stats", "--metric", "messages", "--by", "day,label") == before


def test_stats_tells_a_call_in_numbers_as_measured_and_by_events(typist: Typist, order: str) -> None:
    told = typist.json("stats", order)
    shown = typist.type("stats", order).stdout
    measured = told["figures"]
    assert measured["response_ms"]["count"] == 3  # to the order, the number and the goodbye
    assert f"median {measured['response_ms']['p50'] / 1000:.2f} s" in shown
    assert measured["interruptions_by_caller"] == 0
    assert measured["disagreements"] == []
    [row] = [row for row in typist.json("list") if row["id"] == order]
    assert row["response_p95_ms"] == measured["response_ms"]["p95"]
    assert (row["dead_air_ms"], row["health_score"]) == (measured["dead_air_ms"], 100)


def test_show_gives_an_address_that_opens_this_call_and_no_other(typist: Typist, order: str) -> None:
    (address,) = re.findall(r"http://\S+/conversations/\S+", typist.type("show", order).stdout)
    path, _, query = address.partition("?")
    links = Links(ensure_secret(typist.folder, "links"))
    assert path.endswith(f"/conversations/{order}")
    assert links.allows(order, dict(parse_qsl(query)))
    assert not links.allows("another", dict(parse_qsl(query)))


def test_check_asks_a_running_server_how_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unwell(Loopback):
        def respond(self, asked: Asked) -> Answer:
            told = {"status": "not ready", "reasons": ["the recorder loses data: disk full"]}
            return Answer(503, body=[json.dumps(told).encode()])

    with Unwell() as server:
        monkeypatch.setenv("EARWITNESS_API__PORT", str(server.port))
        told = Typist(tmp_path / "new").type("check", exits=1).stdout
    assert "the server says: the recorder loses data: disk full" in told


def test_a_transcript_is_printed_or_written(typist: Typist, order: str, tmp_path: Path) -> None:
    for form in ("text", "json", "srt", "vtt"):
        printed = typist.type("transcript", order, "--format", form).stdout
        assert "mushroom pizza" in printed
        written = typist.type("transcript", order, "--format", form, "-o", tmp_path / form)
        assert written.stdout == ""
        assert (tmp_path / form).read_text("utf-8") == printed
    json.loads((tmp_path / "json").read_text("utf-8"))


def test_events_and_the_wire_come_a_line_each(typist: Typist, order: str) -> None:
    events = [json.loads(line) for line in typist.type("events", order, "--json").stdout.splitlines()]
    plain = typist.type("events", order).stdout.splitlines()
    assert len(events) == len(plain) > 100
    assert events[0]["type"] in plain[0]
    wire = [
        json.loads(line)
        for line in typist.type("events", order, "--wire", "--raw", "a test").stdout.splitlines()
    ]
    assert len(wire) > 100


def test_without_a_player_it_says_where_the_sound_is(
    typist: Typist, order: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    result = typist.type("play", order, "--track", "agent", "--from", 1)
    assert "no player" in result.stderr
    assert "a plain copy that stays until you delete it" in result.stderr
    file = Path(result.stdout.split("  (")[0])
    with wave.open(str(file)) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (16_000, 1)


def test_a_player_is_given_the_file(
    typist: Typist, order: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback.sys, "platform", "linux")
    monkeypatch.setattr(playback.tempfile, "tempdir", str(tmp_path))
    player = tmp_path / "aplay"
    player.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\n')
    player.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert typist.type("play", order).stdout == ""
    assert (tmp_path / "told").read_text().strip().endswith("stereo.wav")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aplay", "told"]  # no copy stays


def test_a_program_that_only_opens_the_file_keeps_it_and_that_is_said(
    typist: Typist, order: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback.tempfile, "tempdir", str(tmp_path))
    opener = tmp_path / "xdg-open"
    opener.write_text("#!/bin/sh\n")
    opener.chmod(0o700)
    monkeypatch.setattr(playback, "players", lambda: iter([[str(opener)]]))
    result = typist.type("play", order)
    assert "stays until you delete it" in result.stderr
    assert Path(result.stdout.split("  (")[0]).is_file()


@pytest.mark.parametrize(("layout", "count"), [("default", 11), ("opusagent", 7), ("recordings", 3)])
def test_each_layout_is_written_whole(
    typist: Typist, order: str, tmp_path: Path, layout: str, count: int
) -> None:
    written = [Path(p) for p in typist.json("export", order, "-o", tmp_path / "out", "--layout", layout)]
    found = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert set(written) == found
    assert len(found) == count
    assert all(path.stat().st_size > 0 for path in found)
    if layout == "opusagent":
        assert {path.name for path in found} == OPUSAGENT


def test_all_of_them_are_exported(typist: Typist, tmp_path: Path, played: Played) -> None:
    printed = typist.type("export", "--all", "-o", tmp_path, "--layout", "recordings").stdout.splitlines()
    assert len(printed) == 3 * len(played.calls)
    assert all(Path(path).is_file() for path in printed)
    typist.type("export", "-o", tmp_path, exits=2)
    typist.type("export", "latest", "--all", "-o", tmp_path, exits=2)


def test_a_folder_that_takes_no_more_is_named(typist: Typist, order: str, tmp_path: Path) -> None:
    needs_root()
    needs_tool("mount")
    with Mount(tmp_path / "full", "-t", "tmpfs", "-o", "size=64k", "tmpfs") as full:
        assert str(full) in typist.refused("export", order, "-o", full, "--layout", "opusagent")
    with Mount(tmp_path / "ro", "-t", "tmpfs", "-o", "ro", "tmpfs") as read_only:
        assert str(read_only) in typist.refused("export", order, "-o", read_only)


def test_check_counts_by_role_and_provider_and_fails_over_a_partial_call(typist: Typist) -> None:
    report = typist.json("check", exits=1)
    assert set(report["messages_by_role"]) >= {"user", "assistant"}
    assert report["messages_by_provider"]["openai"] > 0
    assert any("partial" in problem for problem in report["problems"])
    assert len(report["newest_messages"]) > 0
    assert "problems" in typist.type("check", exits=1).stdout


def test_check_is_content_where_nothing_is_wrong(tmp_path: Path) -> None:
    assert "no problems" in Typist(tmp_path / "new").type("check").stdout


def test_verify_finds_a_changed_byte(own_typist: Typist, order: str) -> None:
    assert " ok" in own_typist.type("verify", order).stdout
    own_typist.type("verify", "--all")
    own_typist.type("verify", order, "--all", exits=2)
    (folder,) = [
        f
        for f in leg_folders(own_typist.folder / "journal")
        if f.name in own_typist.json("verify", order)["journals"]
    ]
    segment = next(folder.glob("*.ewj"))
    damaged = bytearray(segment.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    segment.write_bytes(damaged)
    (found,) = own_typist.json("verify", order, exits=1)["journals"].values()
    assert found["problems"]


def test_recover_says_nothing_whole_and_torn_by_its_status(own_typist: Typist, tmp_path: Path) -> None:
    Typist(tmp_path / "new").type("recover", exits=1)
    assert "0 of them torn" in own_typist.type("recover").stdout
    segment = next(next(leg_folders(own_typist.folder / "journal")).glob("*.ewj"))
    with segment.open("ab") as file:
        file.write(b"torn")
    (torn,) = [leg for leg in own_typist.json("recover", exits=3) if leg["set_aside_bytes"]]
    assert torn["set_aside_bytes"] == 4
    (aside,) = segment.parent.glob("*.torn")
    assert aside.read_bytes() == b"torn"
    again = own_typist.json("recover", exits=3)  # it stays a call that lost something
    assert sum(leg["set_aside_bytes"] for leg in again) == 0


def test_reindex_brings_the_same_catalog_back(own_typist: Typist) -> None:
    before = own_typist.json("list")
    assert f"{len(before) + 1} conversations" in own_typist.type("reindex").stdout  # one of another workspace
    assert own_typist.json("list") == before


def test_delete_asks_first(own_typist: Typist, order: str) -> None:
    own_typist.type("delete", order, exits=1)  # nobody said yes
    own_typist.type("show", order)
    assert order in own_typist.type("delete", order, "--yes").stdout
    own_typist.refused("show", order)
    own_typist.refused("delete", order, "--yes")


def test_keys_are_made_listed_and_revoked(own_typist: Typist) -> None:
    text = own_typist.type("keys", "create", "grafana", "--scope", "read").stdout.strip()
    key_id = text.split("_")[1]
    (key,) = [key for key in own_typist.json("keys", "list") if key["id"] == key_id]
    assert (key["name"], key["scopes"], key["revoked_at"]) == ("grafana", ["read"], None)
    listed = own_typist.type("keys", "list").stdout
    assert text not in listed
    assert "valid" in next(line for line in listed.splitlines() if key_id in line)
    own_typist.type("keys", "revoke", key_id)
    assert "revoked" in own_typist.type("keys", "list").stdout
    own_typist.refused("keys", "revoke", "nobody00")
    own_typist.type("keys", "create", "x", "--scope", "everything", exits=2)


def test_the_schema_goes_down_and_up_again(own_typist: Typist) -> None:
    head = own_typist.type("db", "current").stdout.strip()
    history = own_typist.type("db", "history").stdout
    assert head in history
    below = own_typist.type("db", "downgrade").stdout.strip()
    assert below < head
    assert own_typist.type("db", "upgrade").stdout.strip() == head
    assert own_typist.type("db", "downgrade", "base").stdout.strip() == "base"
    assert own_typist.type("db", "upgrade").stdout.strip() == head
    own_typist.refused("db", "upgrade", "nonsense")


def test_simulate_without_a_tap_says_what_to_start(tmp_path: Path) -> None:
    done = run("simulate", folder=tmp_path, env={"EARWITNESS_TAP__PORT": "9"})
    assert done.returncode == 1
    assert "no tap answers on 127.0.0.1:9" in done.stderr
    assert "earwitness serve" in done.stderr
    assert "Traceback" not in done.stderr
