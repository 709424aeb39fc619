"""Help, as a man page has it: the example of every command is typed as it is printed, and does it.

Ids and names, which are others in every installation, stand in an example for somebody's own; here those of
the recorded calls take their place. What else an example needs to be there is put there first.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import earwitness
from earwitness.library import Library
from earwitness.settings import Settings
from earwitness.settings.outbound import Endpoint
from played import Played
from privacy_vaults import master
from recorded import copied
from typed import Typist, commands, example

ROOT = Path(__file__).resolve().parents[2]

# What does not end by itself, or needs another machine; typed by these.
ELSEWHERE = {
    "serve": "docs/start/first-call.md",
    "simulate": "docs/start/first-call.md",  # whose commands tests/test_examples.py types
    "demo": "tests/cli/test_demo.py",
    "replay": "tests/cli/test_replay.py",
    "handover": "tests/server/test_legs.py",
}
ALONE = {"restore", "reindex", "db downgrade", "encryption rotate"}  # about a whole folder: an empty one
EXITS = {"check": 1}  # of the recorded calls some broke off
OF_RUNNING = {"pause", "resume", "keep", "end", "consent", "announce", "snapshot"}
SAID = {
    "users add": "the heron eats at seven\n" * 2,
    "users password": "the stork is never late\n" * 2,
}


@dataclass(frozen=True)
class Place:
    """A folder with the recorded calls, of which examples may do what they like."""

    folder: Path
    played: Played

    @property
    def typist(self) -> Typist:
        return Typist(self.folder / "data")

    def call(self, scenario: str, provider: str = "openai") -> str:
        return self.played.id_of(provider, scenario)


@pytest.fixture(scope="module")
def place(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("help")
    copied(played.folder, folder / "data")
    return Place(folder, played)


def a_schema(place: Place) -> None:
    Path("appointment.json").write_text(json.dumps({"properties": {"size": {"enum": ["large"]}}}))


def calls_of_another_recorder(place: Place) -> None:
    place.typist.type("export", place.call("barge_in"), "--layout", "opusagent", "-o", "call_recordings")


def a_backup(place: Place) -> None:
    Typist(Path("other")).type("backup", "-o", "monday.tar")


def a_rule(place: Place) -> None:
    place.typist.type("alerts", "set", "slow", "--watch", "latency", "--threshold", "2500")


def a_user(place: Place) -> None:
    place.typist.type("users", "add", "ana", said=SAID["users add"])


def tables(place: Place) -> None:
    Typist(Path("alone")).type("db", "upgrade")


NEEDS: dict[str, Callable[[Place], None]] = {
    "extract": a_schema,
    "import": calls_of_another_recorder,
    "restore": a_backup,
    "alerts remove": a_rule,
    "users role": a_user,
    "db downgrade": tables,
}


def a_second_leg(place: Place) -> str:
    return str(place.typist.json("show", place.call("barge_in", "twilio"))["legs"][1]["id"])


def a_key(place: Place) -> str:
    place.typist.type("keys", "create", "old")
    return str(place.typist.json("keys", "list")[-1]["id"])


def something_told(place: Place) -> str:
    endpoints = {"ops": Endpoint(url="https://ops.example.org/calls", secret="whsec_" + "QQ" * 16)}
    library = Library(Settings(data_dir=str(place.folder / "data"), outbound=endpoints))
    library.outbox.put("completed", {}, workspace="default", about="a test")
    return str(place.typist.json("outbox", "list")[0]["id"])


STANDS_FOR: dict[str, dict[str, Callable[[Place], str]]] = {
    "delete": {"0199": lambda place: place.call("long_silence")},
    "erase": {"RID001": lambda _: "RID-refused"},
    "subject export": {"RID001": lambda _: "RID-order"},
    "export": {"RID001": lambda _: "RID-order"},
    "join": {
        "0199c4": lambda place: place.call("order"),
        "0199c7": lambda place: place.call("order", "twilio"),
    },
    "redact": {"latest": lambda place: place.call("order"), "Jane Doe": lambda _: "mushroom pizza"},
    "split": {"latest": lambda place: place.call("barge_in", "twilio"), "0199c7": a_second_leg},
    "keys revoke": {"3fQ81aZk": a_key},
    "outbox replay": {"msg_0190": something_told},
}


@contextmanager
def a_running_call(folder: Path) -> Iterator[None]:
    with earwitness.record(provider="openai", conversation="order-7", data_dir=folder) as leg:
        leg.received({"type": "session.created", "session": {"id": "sess_1"}})
        assert leg.flush()
        yield


EXAMPLES = {path: example(path) for path in commands()}
LEAVES = [
    path for path in EXAMPLES if not any(other[: len(path)] == path for other in EXAMPLES if other != path)
]


@pytest.mark.parametrize("path", list(EXAMPLES), ids=" ".join)
def test_every_command_has_a_help_with_an_example_of_itself(path: tuple[str, ...]) -> None:
    words = tuple(EXAMPLES[path])
    assert words[: len(path)] == path
    assert any(words[: len(leaf)] == leaf for leaf in LEAVES)


@pytest.mark.parametrize("name", list(ELSEWHERE))
def test_what_does_not_end_by_itself_is_typed_elsewhere(name: str) -> None:
    assert name in (ROOT / ELSEWHERE[name]).read_text("utf-8")


@pytest.mark.parametrize("path", [each for each in LEAVES if " ".join(each) not in ELSEWHERE], ids=" ".join)
def test_the_example_of_a_command_works_as_it_is_printed(
    place: Place, path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = " ".join(path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARWITNESS_ENCRYPTION__KEY", master(tmp_path) if name == "encryption rotate" else "")
    if name in NEEDS:
        NEEDS[name](place)
    others = STANDS_FOR.get(name, {})
    words = [others[word](place) if word in others else word for word in EXAMPLES[path]]
    if name in OF_RUNNING:
        with a_running_call(tmp_path / "running"):
            Typist(tmp_path / "running").type(*words)
    else:
        typist = Typist(tmp_path / "alone") if name in ALONE else place.typist
        typist.type(*words, said=SAID.get(name), exits=EXITS.get(name, 0))
