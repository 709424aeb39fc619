from earwitness.privacy.text_cipher import TextCipher

ONE, OTHER = TextCipher(bytes(32)), TextCipher(bytes(31) + b"\1")


def test_words_never_look_alike_and_names_do() -> None:
    assert ONE.open(ONE.seal("Ana")) == ONE.open(ONE.seal_name("Ana")) == "Ana"
    assert ONE.seal("Ana") != ONE.seal("Ana")
    assert ONE.seal_name("Ana") == ONE.seal_name("Ana") != ONE.seal_name("Bea")


def test_another_secret_opens_nothing() -> None:
    for sealed in (ONE.seal("Ana"), ONE.seal_name("Ana")):
        assert "Ana" not in OTHER.open(sealed)
    assert ONE.mark("ana") != OTHER.mark("ana")
    assert ONE.mark("ana") == ONE.mark("ana")
