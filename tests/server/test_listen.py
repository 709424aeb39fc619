"""The page of a call: whoever has its link sees it, and it names nothing but its own sound."""

import re
from html import unescape

from asked import Asker


def test_the_page_opens_by_a_link_and_its_sound_plays_by_the_same(asker: Asker, order: str) -> None:
    link = asker.ask(f"/api/v1/conversations/{order}/link").json()["path"]
    page = asker.ask(link, None)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "mushroom pizza" in page.text
    (source,) = re.findall(r"<audio[^>]* src=\"([^\"]+)\"", page.text)
    sound = asker.ask(unescape(source), None, headers={"Range": "bytes=0-3"})
    assert (sound.status_code, sound.content) == (206, b"RIFF")


def test_everything_a_page_names_is_there(asker: Asker, order: str) -> None:
    page = asker.ask(f"/listen/{order}").text
    named = re.findall(r"(?:href|src)=(/static/\S+?)[ >]", page)
    assert len(named) == 2
    for path in named:
        assert asker.ask(path, None).status_code == 200
    assert "<script>" not in page
    assert not re.search(r"\son\w+=|style=", page), "a policy without inline code would break it"
