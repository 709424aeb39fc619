"""A webhook reaches whoever it is for, signed so that they can tell; and nothing in a private network."""

import json
import time

import pytest

from earwitness.capture import signatures
from earwitness.outbound.post import in_words, reachable, send
from earwitness.settings.outbound import Endpoint
from mails import Mailbox
from receiver import SECRET, Receiver

BODY = {
    "type": "conversation.completed",
    "timestamp": "2026-11-20T12:00:00Z",
    "data": {"conversation": "c", "words": "ü"},
}


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def to(receiver, secret=SECRET):
    return Endpoint(url=receiver.url, secret=secret, allow_private=True)


@pytest.mark.parametrize("secret", [SECRET, "any text does"])
def test_it_arrives_as_it_was_and_whoever_knows_the_secret_can_tell_it_is_ours(receiver, secret):
    assert send(to(receiver, secret), "msg_1", BODY, time.time()) == ""
    [(headers, body, path)] = receiver.got
    assert json.loads(body) == BODY
    assert (path, headers["webhook-id"]) == ("/hook?a=1", "msg_1")
    for told, is_believed in ((secret, True), ("another", False)):
        proof = signatures.openai(told, headers, time.time())
        proof.update(body)
        assert proof.holds() is is_believed
    proof = signatures.openai(secret, headers, time.time())
    proof.update(body + b" ")
    assert not proof.holds()


def test_an_answer_that_is_no_yes_is_a_problem_and_no_redirect_is_followed(receiver):
    other = Receiver()
    receiver.status, receiver.location = 307, other.url
    assert send(to(receiver), "msg_1", BODY, 0) == "HTTP 307"
    assert other.got == []
    other.close()
    receiver.status = 500
    assert send(to(receiver), "msg_1", BODY, 0) == "HTTP 500"


def test_nobody_there_is_a_problem_in_words():
    assert "refused" in send(
        Endpoint(url="http://127.0.0.1:9/", secret="s", allow_private=True), "m", BODY, 0
    )


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "0.0.0.0",
        "::ffff:127.0.0.1",
    ],
)
def test_a_private_address_is_refused_before_anything_is_sent(host):
    with pytest.raises(ValueError, match="private network"):
        reachable(host, 443, may_be_private=False)
    written = f"[{host}]" if ":" in host else host
    assert "private network" in send(Endpoint(url=f"https://{written}/", secret="s"), "m", BODY, 0)


def test_a_name_of_which_one_address_is_private_is_refused(monkeypatch):
    answers = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(ValueError, match="private network"):
        reachable("two.example", 443, may_be_private=False)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answers[:1])
    assert reachable("one.example", 443, may_be_private=False) == "93.184.216.34"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"url": "https://a.example"}, "needs a secret"),
        ({"url": "http://a.example", "secret": "s"}, "own network"),
        ({"url": "nothing"}, "no address"),
        ({"url": "https://a.example", "secret": "s", "events": ("everything",)}, "everything"),
    ],
)
def test_an_endpoint_that_cannot_be_right_is_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        Endpoint(**wrong)


ALERT = {
    "type": "alert",
    "data": {
        "rule": "slow",
        "state": "firing",
        "about": "line",
        "message": "answers take 4000 ms",
        "began_at": "now",
        "evidence": ["c1"],
    },
}
old_pictures = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # in Apprise


@old_pictures
@pytest.mark.parametrize(
    ("address", "where", "words"),
    [("json://{}/hook", "/hook", "message"), ("mmost://{}/k3y", "/hooks/k3y", "text")],
)
def test_people_are_told_in_words_in_a_chat_by_way_of_apprise(receiver, address, where, words):
    assert in_words(ALERT)[0] == "Earwitness: slow firing on line"
    receiver.status = 200
    endpoint = Endpoint(url=address.format(f"127.0.0.1:{receiver.port}"))
    assert send(endpoint, "msg_1", ALERT, 0) == ""
    [(_, body, path)] = receiver.got
    assert path == where
    assert "answers take 4000 ms" in json.loads(body)[words]
    receiver.status = 500
    assert send(endpoint, "msg_1", ALERT, 0) == "it was not taken"


@old_pictures
def test_people_are_told_by_mail():
    mailbox = Mailbox()
    try:
        address = f"mailto://127.0.0.1:{mailbox.port}?from=ew@example.com&to=oncall@example.com&mode=insecure"
        assert send(Endpoint(url=address), "msg_1", ALERT, 0) == ""
    finally:
        mailbox.close()
    [(to, mail)] = mailbox.got
    assert (to, mail["Subject"]) == (["oncall@example.com"], "Earwitness: slow firing on line")
    assert "answers take 4000 ms" in mail.as_string()
    assert send(Endpoint(url=address), "msg_1", ALERT, 0) == "it was not taken"


@old_pictures
def test_an_address_that_nobody_knows_is_said():
    assert send(Endpoint(url="nosuchthing://x"), "msg_1", ALERT, 0) == "Apprise does not know such an address"
