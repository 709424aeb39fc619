"""The thread that ships: it goes on for as long as the store is away, and asks less and less often."""

import re
from pathlib import Path

from earwitness.errors import StorageUnavailable
from earwitness.server.shipper import GIVE_UP_ROUND_AFTER, LONGEST_WAIT_S, LOOK_EVERY_S, Shipper, wait_s
from s3_server import moto
from served import routes_file, run, serving, until


class Store:
    """Takes nothing of those that are named bad."""

    def __init__(self, conversations: int, bad: set[int]) -> None:
        self.left, self.bad, self.tried = list(range(conversations)), bad, list[int]()

    def due(self) -> tuple[tuple[str, str], ...]:
        return tuple(("default", str(n)) for n in self.left)

    def ship(self, workspace: str, conversation: str) -> None:
        self.tried.append(int(conversation))
        if int(conversation) in self.bad:
            raise StorageUnavailable("away")
        self.left.remove(int(conversation))


def test_one_that_is_not_taken_does_not_hold_up_the_others() -> None:
    store = Store(6, {1})
    assert not Shipper(store).ship_all()  # type: ignore[arg-type]
    assert store.left == [1]


def test_a_store_that_is_away_is_not_asked_about_each() -> None:
    store = Store(50, set(range(50)))
    assert not Shipper(store).ship_all()  # type: ignore[arg-type]
    assert len(store.tried) == GIVE_UP_ROUND_AFTER
    store.bad.clear()
    assert Shipper(store).ship_all()  # type: ignore[arg-type]
    assert store.left == []


def test_it_waits_longer_each_time_and_never_all_at_once() -> None:
    assert wait_s(0) == LOOK_EVERY_S
    for rounds in (*range(1, 30), 100_000):
        waits = {wait_s(rounds) for _ in range(20)}
        longest = min(LOOK_EVERY_S * 2 ** min(rounds, 30), LONGEST_WAIT_S)
        assert len(waits) == 20
        assert all(longest / 2 <= wait <= longest for wait in waits)


def test_a_call_is_recorded_through_an_outage_of_the_bucket_and_then_lies_there_alone(tmp_path: Path) -> None:
    """R13, F09, with real processes; and it is heard from there."""
    routes_file(tmp_path)
    with moto() as server:
        bucket = server.bucket()
        environment = {
            **server.environment,
            "CONVERSATIONS_BUCKET": bucket,
            "EARWITNESS_OBJECT_STORE__KEEP_LOCAL_HOURS": "0",
        }
        server.stop()
        with serving(tmp_path, env=environment) as served:
            tap = re.sub(r".*:(\d+)/.*", r"\1", served.tap("sim-openai"))
            played = run(
                *("simulate", "--provider", "openai", "--scenario", "dies", "--speed", "4"),
                folder=tmp_path,
                env={"EARWITNESS_TAP__PORT": tap},
            )
            assert played.returncode == 0, played.stderr
            waiting = b"earwitness_conversations_to_ship 1.0"
            until(lambda: waiting in served.get("/metrics")[1], told=served.said())
            status, sound = served.get("/api/v1/conversations/latest/audio/stereo?format=wav")
            assert (status, sound[:4]) == (200, b"RIFF"), "it is heard although the bucket is away"
            server.start()
            until(lambda: not list((served.data / "journal").rglob("*.*")), 90, served.said())
            objects = server.client().list_objects_v2(Bucket=bucket)["Contents"]
            keys = [entry["Key"] for entry in objects if entry["Key"].startswith("conversations/")]
            (conversation,) = {key.split("/")[2] for key in keys}
            assert len(keys) == len(set(keys))
            names = {key.split(f"{conversation}/")[1] for key in keys}
            assert {"conversation.json", "stereo.flac", "transcript.json"} <= names
            assert any(name.startswith("journal/") for name in names)
            again = served.get(f"/api/v1/conversations/{conversation}/audio/stereo?format=wav")
            assert again == (200, sound)
            assert b"earwitness_conversations_to_ship 0.0" in served.get("/metrics")[1]
