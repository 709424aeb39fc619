"""`list`: the same filters as over HTTP, in lines or JSON."""

from pathlib import Path

from earwitness.library import Library
from earwitness.settings import Settings
from recorded import recording
from store_calls import a_call
from typed import Typist


def test_every_call_has_a_line_newest_first(typist: Typist) -> None:
    rows = typist.json("list")
    assert len(rows) == len(recording().results)
    assert [row["started_at"] for row in rows] == sorted((row["started_at"] for row in rows), reverse=True)
    lines = typist.type("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [row["id"] for row in rows]


def test_a_line_names_no_id_twice(typist: Typist) -> None:
    ids = {id_ for row in typist.json("list") for id_ in (row["id"], row["call_id"])}
    for line in typist.type("list").stdout.splitlines():
        assert all(line.count(id_) <= 1 for id_ in ids)


def test_filters_keep_what_fits(typist: Typist) -> None:
    everything = typist.json("list")
    for words, fits in (
        (["--provider", "twilio"], lambda row: "twilio" in row["providers"]),
        (["--subject", "RID-order"], lambda row: row["subject"] == "RID-order"),
        (["--label", "busy"], lambda row: "busy" in row["labels"]),
        (["--status", "partial"], lambda row: row["status"] == "partial"),
        (["--min-messages", 7], lambda row: row["message_count"] >= 7),
        (["--health-reason", "peer_lost"], lambda row: "peer_lost" in row["health_reasons"]),
    ):
        expected = [row["id"] for row in everything if fits(row)]
        assert 0 < len(expected) < len(everything)
        assert [row["id"] for row in typist.json("list", *words)] == expected
    assert len(typist.json("list", "--limit", 3)) == 3


def test_what_the_limit_leaves_out_is_not_left_out_in_silence(typist: Typist) -> None:
    count = len(typist.json("list"))
    for words in ((), ("--json",)):
        assert "newest 3; --limit" in typist.type("list", "--limit", 3, *words).stderr
        assert typist.type("list", "--limit", count, *words).stderr == ""


def test_since_and_until_are_taken_as_utc(typist: Typist) -> None:
    everything = typist.json("list")
    edge = everything[2]["started_at"]
    second = edge[:19]
    for written in (second, second.replace("T", " "), second + "Z"):
        since = typist.json("list", "--since", written)
        until = typist.json("list", "--until", written)
        assert len(since) + len(until) == len(everything)
        assert everything[0]["id"] in [row["id"] for row in since]
    assert typist.json("list", "--since", "2099-01-01") == []
    assert "--since" in typist.type("list", "--since", "yesterday", exits=2).stderr


def test_numbers_out_of_reason_are_usage_errors(typist: Typist) -> None:
    for words in (["--limit", 0], ["--limit", -1], ["--min-messages", -1], ["--min-messages", 10**30]):
        typist.type("list", *words, exits=2)


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    result = Typist(tmp_path / "new").type("list")
    assert (result.stdout, "earwitness simulate" in result.stderr) == ("", True)


def test_thousands_of_calls_are_listed_to_the_last(tmp_path: Path) -> None:
    library = Library(Settings(data_dir=str(tmp_path)))
    for number in range(1200):
        library.catalog.put(a_call(number, count=1))
    library.catalog.close()
    assert len(typist_lines(tmp_path, 5000)) == 1200
    assert len(typist_lines(tmp_path, 1001)) == 1001


def typist_lines(folder: Path, limit: int) -> list[str]:
    lines = Typist(folder).type("list", "--limit", limit).stdout.splitlines()
    assert len({line.split()[0] for line in lines}) == len(lines)
    return lines


def test_what_fits_none_is_another_thing_than_nothing_recorded(typist: Typist, tmp_path: Path) -> None:
    for words in (["--label", "nobodys"], ["--min-health", 0, "--subject", "nobody"]):
        assert typist.type("list", *words).stderr == "no conversation fits\n"
    assert "nothing is recorded yet" in Typist(tmp_path / "empty").type("list").stderr
