"""What is to be told is told once, tried again with patience, kept over restarts, and gone when erased."""

import pytest

from earwitness.clock import NS_PER_S, ManualClock
from earwitness.errors import NotFound
from earwitness.outbound.outbox import WAITS_S, Outbox
from earwitness.settings.outbound import Endpoint
from earwitness.store.catalog import Catalog


class Far:
    """The far ends: what each took, and what it answers."""

    def __init__(self):
        self.got, self.problem = [], {}

    def __call__(self, endpoint, message, body, now_s):
        self.got.append((endpoint.url, message, body["type"]))
        return self.problem.get(endpoint.url, "")


A, B = "https://a.example", "https://b.example"
ENDPOINTS = {
    "a": Endpoint(url=A, secret="s"),
    "b": Endpoint(url=B, secret="s", events=("completed",), workspaces=("default",)),
}


class Post:
    def __init__(self, folder):
        self.catalog = Catalog.open(f"sqlite:///{folder / 'catalog.db'}")
        self.clock, self.far = ManualClock(wall_ns=1_763_650_000 * NS_PER_S), Far()
        self.again()

    def again(self):
        self.outbox = Outbox(self.catalog.database, ENDPOINTS, clock=self.clock, send=self.far)

    def put(self, event="completed", call="c1", workspace="default", **more):
        return self.outbox.put(
            event,
            {"conversation": call},
            workspace=workspace,
            conversation=call,
            about=f"{event}:{call}",
            **more,
        )

    def states(self):
        return {(row.endpoint, row.event): row.state for row in self.outbox.list("default")}


@pytest.fixture
def post(tmp_path):
    post = Post(tmp_path)
    yield post
    post.catalog.close()


def test_each_endpoint_is_told_once_of_what_it_wants(post):
    assert (post.put(), post.put("started"), post.put(workspace="acme", call="c2")) == (2, 1, 1)
    assert post.put() == 0
    assert post.outbox.deliver() == 4
    assert post.outbox.deliver() == 0
    assert sorted(url for url, _, _ in post.far.got) == [A, A, A, B]


def test_only_those_that_are_named_are_told(post):
    assert post.put(only=("b",)) == 1
    assert post.put("alert", only=("b",)) == 0  # it does not want alerts


def test_what_fails_is_tried_again_later_and_later_and_given_up_in_the_end(post):
    post.put("started")
    post.far.problem[A] = "HTTP 500"
    waits = []
    for _ in WAITS_S:
        assert post.outbox.deliver() == 0
        [row] = post.outbox.list("default")
        assert (row.state, row.problem) == ("waiting", "HTTP 500")
        wait_s = row.next_at.timestamp() - post.clock.now().wall_ns / NS_PER_S
        waits.append(wait_s)
        assert post.outbox.deliver() == 0
        assert post.outbox.list("default")[0].attempts == len(waits)  # not before its time
        post.clock.advance(round((wait_s + 1) * NS_PER_S))
    assert all(
        0.5 * planned <= waited <= 1.5 * planned for planned, waited in zip(WAITS_S, waits, strict=True)
    )
    post.outbox.deliver()
    assert post.outbox.list("default")[0].state == "failed"
    assert len({message for _, message, _ in post.far.got}) == 1


def test_over_a_restart_nothing_is_forgotten(post):
    post.put()
    post.again()
    assert post.outbox.deliver() == 2


def test_an_endpoint_that_fails_holds_nobody_else_up(post):
    for call in ("c1", "c2", "c3"):
        post.put(call=call)
    post.far.problem[A] = "it took too long"
    assert post.outbox.deliver() == 3
    assert [url for url, _, _ in post.far.got].count(A) == 1


def test_what_was_given_up_or_taken_can_be_told_again_under_the_same_id(post):
    post.put("started")
    post.outbox.deliver()
    [row] = post.outbox.list("default")
    assert post.outbox.replay("default", row.id).state == "waiting"
    assert post.outbox.deliver() == 1
    assert [message for _, message, _ in post.far.got] == [row.id, row.id]
    with pytest.raises(NotFound):
        post.outbox.replay("acme", row.id)


def test_what_is_erased_is_not_told_any_more_and_nothing_of_it_is_left(post):
    post.put()
    post.put("started")
    post.outbox.purge("default", "c1")
    assert {row.state for row in post.outbox.list("default")} == {"erased"}
    assert all(row.body is None for row in post.outbox.list("default"))
    post.put("erased")
    assert post.outbox.deliver() == 1
    with pytest.raises(NotFound):
        post.outbox.replay("default", next(r.id for r in post.outbox.list("default") if r.event == "started"))


def test_an_endpoint_that_is_configured_no_more_is_given_up(post):
    post.put("started")
    gone = Outbox(post.catalog.database, {}, clock=post.clock, send=post.far)
    assert gone.deliver() == 0
    assert gone.list("default")[0].state == "failed"


def test_what_was_done_with_long_ago_is_forgotten_and_what_waits_is_not(post):
    post.put("started")
    post.outbox.deliver()
    post.put("completed", call="c2")
    post.clock.advance(31 * 86_400 * NS_PER_S)
    assert post.outbox.tidy() == 1
    assert post.outbox.counts("default") == {"waiting": 2}
