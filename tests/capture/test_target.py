"""Request lines taken apart: what is ours, what goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.capture.target import parse_target, parse_upstream, said_by
from earwitness.errors import InvalidInput

PREFIXED = parse_upstream("r", "wss://h:8443/media/")


@pytest.mark.parametrize(
    ("line", "forwarded"),
    [
        ("/r", "/media"),
        ("/r/", "/media/"),
        ("/r/v1/x?model=m", "/media/v1/x?model=m"),
        ("/r?", "/media?"),
        ("/r?ew_key=k", "/media"),
        ("/r?a=%20&ew_label=x&b&&c=", "/media?a=%20&b&&c="),
        ("/r?%65w_key=k&ewx=1", "/media?ewx=1"),
        ("/r;ew_key=k;ew_label=l/v1;keep=1//x", "/media/v1;keep=1//x"),
        ("/r/a..b/.well-known", "/media/a..b/.well-known"),
    ],
)
def test_ours_goes_out_and_the_rest_stays_byte_for_byte(line, forwarded):
    assert PREFIXED.request_target(parse_target(line)) == forwarded


def test_what_is_said_to_us_may_stand_in_all_three_places_and_a_header_wins():
    target = parse_target("/r;ew_conversation=a%2Fb;ew_meta_shop=3/x?ew_subject=R+1&ew_label=one&ew_typo=y")
    said = said_by(
        target,
        (("X-Earwitness-Label", "two"), ("x-earwitness-subject", "R2"), ("X-Earwitness-Meta-City", "Bonn")),
    )
    assert (said.conversation, said.subject, said.labels, said.key) == ("a/b", "R2", ("one", "two"), None)
    assert said.metadata == {"shop": "3", "ew_typo": "y", "city": "Bonn"}


@pytest.mark.parametrize(
    "line", ["x", "*", "http://h/r", "/r/..", "/r/a/%2e%2e%2fb", "/r/./x", "/r/..\\x", "/r#f", "/r;a=b/x"]
)
def test_what_climbs_or_names_a_host_is_refused(line):
    with pytest.raises(InvalidInput):
        parse_target(line)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_no_line_changes_where_the_upstream_is(rest):
    try:
        target = parse_target("/" + rest)
    except InvalidInput:
        return
    assert PREFIXED.request_target(target).startswith("/media")
    assert "/" not in target.route or "%" in rest


@pytest.mark.parametrize(
    ("url", "authority", "port"),
    [
        ("ws://h", "h", 80),
        ("wss://h", "h", 443),
        ("wss://h:443/", "h", 443),
        ("ws://h:81", "h:81", 81),
        ("ws://[::1]:81", "[::1]:81", 81),
    ],
)
def test_the_host_header_names_the_port_only_where_it_is_not_the_usual_one(url, authority, port):
    upstream = parse_upstream("r", url)
    assert (upstream.authority, upstream.port) == (authority, port)
