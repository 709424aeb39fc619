"""With a cipher values lie sealed and are the same to whoever asks; without one they are plain."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from earwitness.privacy.text_cipher import TextCipher
from earwitness.store import schema
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery
from store_calls import a_full_call


def raw(catalog: Catalog) -> str:
    with catalog.database.reading() as connection:
        return "\n".join(
            str(connection.execute(sa.text(f"SELECT * FROM {name}")).all()) for name in schema.metadata.tables
        )


def test_rows_are_sealed_and_the_same_to_whoever_asks(url: str) -> None:
    plain, sealed = Catalog.open(url), Catalog.open(url, cipher=TextCipher(bytes(32)))
    call = a_full_call()
    plain.put(call)
    before = (plain.messages("default", call.id), plain.tool_calls("default", call.id), plain.dump())
    words = [message.text for message in before[0] if message.text]
    assert all(word in raw(plain) for word in words)
    plain.remove("default", call.id)
    sealed.put(call)
    assert (sealed.messages("default", call.id), sealed.tool_calls("default", call.id)) == before[:2]
    assert sealed.dump() == before[2]
    assert not any(word in raw(sealed) for word in words)
    assert sealed.find(ConversationQuery(subject=call.subject)).items
    assert not sealed.put(call), "what is right already is not written again"
    plain.close()
    sealed.close()


def test_what_was_written_before_encryption_is_still_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    plain = Catalog.open(url)
    plain.put(a_full_call())
    before = plain.messages("default", a_full_call().id)
    plain.close()
    sealed = Catalog.open(url, cipher=TextCipher(bytes(32)))
    assert sealed.messages("default", a_full_call().id) == before
    sealed.close()


@pytest.mark.parametrize("text", ["", "ew1:", "ew1:AAAA", "ew2:!!", "ew2:" + "A" * 40, "ordinary"])
def test_what_only_looks_sealed_is_what_it_says(text: str) -> None:
    assert TextCipher(bytes(32)).open(text) == text
