"""Attacks on what redaction takes out, each with its expected answer."""

import json
import time

import pytest

from asked import Asker
from earwitness.errors import SettingsError
from earwitness.redaction.detect import Detector
from earwitness.settings import Settings
from earwitness.settings.reading import load
from earwitness.settings.redaction import Redaction
from journal_legs import Legs

SECRET = "4111 1111 1111 1111"
BASE = "/api/v1/conversations"


@pytest.fixture
def asker(tmp_path):
    """A desk on a folder with one call in which a caller reads out a card."""
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(1_000, "u", f"My card is {SECRET}, really.")
        leg.assistant(3_000, "a", f"I noted {SECRET}.", b"\x10\x27" * 24_000)
        leg.end(9_000)
    asker = Asker(tmp_path, Settings())
    asker.library.catch_up()
    make = asker.library.keys.create
    asker.keys["raw"] = make("raw", ("read-raw",)).text
    yield asker
    asker.close()


def the_call(asker):
    [row] = asker.ask(BASE).json()["conversations"]
    return row["id"]


FACES = [
    "",
    "/messages",
    "/tool-calls",
    "/snapshots",
    "/events",
    "/transcript",
    "/transcript?format=srt",
    "/summary",
    "/health",
    "/analytics",
    "/waveform",
    "/audio/caller",
    "/audio/agent",
    "/audio/stereo",
    "/audio/agent-sent",
]


@pytest.mark.parametrize("face", FACES)
def test_s34_who_lacks_the_right_gets_no_raw_view_of_anything(asker, face):
    path = f"{BASE}/{the_call(asker)}{face}"
    mark = "&" if "?" in path else "?"
    for key in ("read", "write"):
        refused = asker.ask(f"{path}{mark}view=raw&reason=because", key=key)
        assert refused.status_code == 403, face
        assert SECRET not in refused.text
    shown = asker.ask(path)
    assert shown.status_code == 200
    assert SECRET.encode() not in shown.content
    assert asker.ask(f"{path}{mark}view=raw", key="raw").status_code == 422  # a right, and no reason
    raw = asker.ask(f"{path}{mark}view=raw&reason=because", key="raw")
    assert raw.status_code == 200
    if face in ("", "/messages", "/events", "/transcript", "/summary"):
        assert SECRET in raw.text
    if "audio" in face:
        assert raw.content != shown.content or "caller" in face


def test_what_is_measured_on_the_sound_is_the_same_for_who_may_see_everything(asker):
    for face in ("analytics", "health"):
        shown, raw = (
            asker.ask(f"{BASE}/{the_call(asker)}/{face}{view}", key="raw").json()
            for view in ("", "?view=raw&reason=because")
        )
        assert shown == raw
        assert face != "analytics" or raw["figures"]["agent"]["speech"] is not None


def test_s34_the_raw_view_is_in_the_trail_with_who_and_why(asker):
    path = f"{BASE}/{the_call(asker)}/messages?view=raw&reason=dispute%207"
    asker.ask(path, key="raw")
    asker.ask(path, key="read")
    entries = asker.ask("/api/v1/audit?action=read-raw", key="admin").json()["entries"]
    assert sorted(entry["outcome"] for entry in entries) == ["denied", "done"]
    assert all("dispute 7" in json.dumps(entry) for entry in entries)


def test_s34_of_the_wire_nobody_sees_more_than_how_it_is_built_without_saying_why(asker):
    base = f"{BASE}/{the_call(asker)}"
    listed = asker.ask(f"{base}/wire").json()["records"]
    assert [r for r in listed if "conversation.item" in str(r)]
    one = next(r for r in listed if r["kind"] == "text")
    for path in ("records", "wire?with_sound=true", f"wire/{one['leg']}/{one['number']}"):
        for key in ("read", "raw"):
            shown = asker.ask(f"{base}/{path}", key=key)
            assert shown.status_code == 200
            assert not [word for word in ("4111", "1111", "really", "noted", "ECcQ") if word in shown.text]
        raw = f"{base}/{path}{'&' if '?' in path else '?'}view=raw"
        assert asker.ask(f"{raw}&reason=why", key="read").status_code == 403
        assert asker.ask(raw, key="raw").status_code == 422, "it has to be said why"
        assert "4111" in asker.ask(f"{raw}&reason=why", key="raw").text or path.startswith("wire/")
    assert asker.ask(f"{base}/wire?find=4111").json()["records"] == []
    trail = asker.ask("/api/v1/audit?action=read-raw&outcome=done", key="admin").json()["entries"]
    assert len(trail) == 3, "and only what was raw is in the trail as raw"


def test_s34_a_search_finds_no_secret_and_shows_none(asker):
    for words in ("4111", "1111"):
        found = asker.ask("/api/v1/search", params={"q": words})
        assert found.status_code == 200
        assert "4111" not in found.text.replace(f'"q":"{words}"', "")


def test_s34_a_play_link_opens_the_redacted_view_only(asker):
    conversation = the_call(asker)
    link = asker.ask(f"{BASE}/{conversation}/link").json()["path"].partition("?")[2]
    sound = f"{BASE}/{conversation}/audio/agent"
    assert asker.ask(f"{sound}?{link}", key=None).status_code == 200
    assert asker.ask(f"{sound}?{link}&view=raw&reason=x", key=None).status_code == 403


def test_s21_r42_a_pattern_that_explodes_elsewhere_is_done_within_a_second_on_a_mebibyte():
    own = {"digits": r"(\d+[- ]?)+$", "words": r"(a|aa)+b", "any": r"(x+x+)+y"}
    detector = Detector(Redaction(kinds=(), patterns=own))
    for text in ("1234567890 " * 95_325, "a" * (1 << 20), "x" * (1 << 20), "1" * (1 << 20)):
        began = time.process_time()
        detector.find([text + "!"])
        assert time.process_time() - began < 8  # a backtracking engine takes longer than the universe


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(?=a)b", r"(?<!a)b", r"(?>a+)b"])
def test_s21_a_pattern_that_needs_backtracking_is_refused_when_settings_are_read(tmp_path, pattern):
    file = tmp_path / "earwitness.toml"
    file.write_text(f"[redact.patterns]\nown = '{pattern}'\n")
    with pytest.raises(SettingsError, match="patterns"):
        load(file, environ={})
