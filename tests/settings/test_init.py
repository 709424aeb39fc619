"""Settings: defaults, file, environment, flags; and what is refused."""

import re
from pathlib import Path

import pytest

from earwitness.errors import SettingsError
from earwitness.settings import Route, Settings, WireMapping
from earwitness.settings.reading import load


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "earwitness.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_any_source_the_defaults_hold_and_the_cloud_routes_exist() -> None:
    settings = load(environ={})
    assert (settings.api.port, settings.tap.port) == (5001, 5002)
    assert settings.api.host == settings.tap.host == "127.0.0.1"
    assert {"openai", "elevenlabs", "hume"} <= set(settings.routes)
    assert settings.routes["openai"].upstream == "wss://api.openai.com"
    assert settings.data_path == Path("earwitness-data")


def test_the_file_of_the_working_directory_is_read_when_it_is_there(empty_folder: Path) -> None:
    write(empty_folder, 'data_dir = "elsewhere"\ntap = { port = 6002 }\n')
    settings = load(environ={})
    assert settings.data_dir == "elsewhere"
    assert settings.tap.port == 6002
    assert settings.tap.host == "127.0.0.1"


def test_later_sources_win_key_by_key(empty_folder: Path) -> None:
    write(empty_folder, '[tap]\nhost = "file"\nport = 1\nrequire_key = true\n')
    environ = {"EARWITNESS_TAP__HOST": "environment", "EARWITNESS_TAP__PORT": "2"}
    tap = load(environ=environ, flags={"tap": {"port": 3}}).tap
    assert (tap.require_key, tap.host, tap.port) == (True, "environment", 3)


def test_a_flag_that_was_not_given_changes_nothing() -> None:
    settings = load(environ={}, flags={"data_dir": None, "tap": {"port": None, "host": "0.0.0.0"}})
    assert settings.data_dir == "earwitness-data"
    assert (settings.tap.host, settings.tap.port) == ("0.0.0.0", 5002)


@pytest.mark.parametrize(("word", "meant"), [("true", True), ("false", False), ("1", True), ("0", False)])
def test_the_environment_says_yes_and_no_in_words_or_digits(word: str, meant: bool) -> None:
    assert load(environ={"EARWITNESS_RECORD__AUDIO": word}).record.audio is meant


def test_a_route_of_ones_own_stands_beside_the_default_ones(empty_folder: Path) -> None:
    write(
        empty_folder,
        '[routes.phone]\nprovider = "twilio"\n'
        'upstream = "ws://127.0.0.1:8080/media"\nmetadata = { team = "a" }\n',
    )
    routes = load(environ={}).routes
    assert routes["phone"] == Route(
        provider="twilio", upstream="ws://127.0.0.1:8080/media", metadata={"team": "a"}
    )
    assert "openai" in routes


def test_a_default_route_may_be_changed_in_one_key(empty_folder: Path) -> None:
    write(empty_folder, "[routes.openai]\nenabled = false\n")
    routes = load(environ={}).routes
    assert routes["openai"] == Route(provider="openai", upstream="wss://api.openai.com", enabled=False)
    assert routes["hume"].enabled


def test_a_route_may_be_given_by_environment() -> None:
    environ = {
        "EARWITNESS_ROUTES__PHONE__PROVIDER": "twilio",
        "EARWITNESS_ROUTES__PHONE__UPSTREAM": "ws://127.0.0.1:8080",
        "EARWITNESS_ROUTES__PHONE__RECORD__AUDIO": "false",
    }
    phone = load(environ=environ).routes["phone"]
    assert phone.record is not None
    assert (phone.provider, phone.record.audio, phone.record.raw) == ("twilio", False, True)


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('data_dirr = "x"', "data_dirr", "data_dir"),
        ("tap = { prot = 1 }", "tap.prot", "tap.port"),
        (
            '[routes]\np = { provider = "twilio", upstraem = "ws://x" }',
            "routes.p.upstraem",
            "routes.p.upstream",
        ),
        (
            '[routes]\np = { provider = "twilio", upstream = "ws://x", record = { adio = true } }',
            "routes.p.record.adio",
            "routes.p.record.audio",
        ),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_known_one_named(
    empty_folder: Path, text: str, key: str, nearest: str
) -> None:
    write(empty_folder, text)
    with pytest.raises(SettingsError, match=f"unknown setting {key}") as raised:
        load(environ={})
    assert raised.value.facts == {"key": key, "nearest": nearest}
    assert nearest in raised.value.hint


def test_an_unknown_key_of_the_environment_is_refused_too() -> None:
    with pytest.raises(SettingsError, match=r"unknown setting tap\.porrt"):
        load(environ={"EARWITNESS_TAP__PORRT": "1", "PATH": "/bin"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('tap = { port = "many" }', "tap.port"),
        ("tap = { port = 70000 }", "tap.port"),  # which a socket would take for 4464
        ("api = { port = -1 }", "api.port"),
        ('[routes]\np = { provider = "twilio" }', "upstream"),
        ("tap = 5", "tap"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(empty_folder: Path, text: str, named: str) -> None:
    write(empty_folder, text)
    with pytest.raises(SettingsError, match=named):
        load(environ={})


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('record = { on_failure = "refused" }', "record.on_failure", "refuse"),
        ('[routes]\np = { provider = "openay", upstream = "ws://x" }', "routes.p.provider", "openai"),
    ],
)
def test_a_word_that_is_no_choice_is_refused_and_the_nearest_named(
    empty_folder: Path, text: str, key: str, nearest: str
) -> None:
    write(empty_folder, text)
    with pytest.raises(SettingsError, match=f"^{key} cannot be ") as raised:
        load(environ={})
    assert raised.value.facts == {"key": key, "nearest": nearest}
    assert f"Did you mean {nearest}?" in raised.value.hint


@pytest.mark.parametrize(
    "environ",
    [
        {"EARWITNESS_TAP": "x", "EARWITNESS_TAP__PORT": "1"},
        {"EARWITNESS_TAP__PORT": "1", "EARWITNESS_TAP": "x"},
        {"EARWITNESS_DATA_DIR__DEEPER": "1"},
    ],
)
def test_an_environment_that_contradicts_itself_is_a_settings_error(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        load(environ=environ)


def test_a_file_that_is_named_must_be_there(empty_folder: Path) -> None:
    with pytest.raises(SettingsError, match="No such file") as raised:
        load(empty_folder / "missing.toml", environ={})
    assert "--config" in raised.value.hint


@pytest.mark.parametrize("content", [b"data_dir = ", b'data_dir = "\xff"', b"[tap]\n[tap]\n"])
def test_a_file_that_is_no_toml_is_refused_with_its_name(empty_folder: Path, content: bytes) -> None:
    (empty_folder / "earwitness.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"earwitness\.toml"):
        load(environ={})


OWN = '[routes.own]\nprovider = "generic"\nupstream = "ws://localhost:9"\n[routes.own.mapping]\n'


def test_a_protocol_of_one_s_own_is_mapped_in_its_route(empty_folder: Path) -> None:
    lines = 'text = "/body/text"\nrole = "/a~1b"\nuser = ["human"]\nencoding = "mulaw"\nrate_hz = 8000\n'
    (empty_folder / "earwitness.toml").write_text(OWN + lines)
    mapping = load(environ={}).routes["own"].mapping
    assert mapping == WireMapping(
        text="/body/text", role="/a~1b", user=("human",), encoding="mulaw", rate_hz=8000
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('text = "body"', "text: 'body' is no JSON pointer"),
        ('item = "/a~2"', "item: '/a~2' is no JSON pointer"),
        ("rate_hz = 1", "rate_hz: 1 is not between"),
        ('encoding = "mp3"', "encoding"),
        ('txet = "/a"', "unknown setting routes.own.mapping.txet"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(empty_folder: Path, line: str, complaint: str) -> None:
    (empty_folder / "earwitness.toml").write_text(OWN + line)
    with pytest.raises(SettingsError, match=re.escape(complaint)):
        load(environ={})


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(AttributeError):
        Settings().data_dir = "x"  # type: ignore[misc]


@pytest.mark.parametrize("url", ["gs://bucket", "bucket", "file:///srv"])
def test_an_object_store_that_is_not_offered_is_refused_instead_of_ignored(url: str) -> None:
    with pytest.raises(SettingsError, match="object_store_url"):
        load(environ={"EARWITNESS_OBJECT_STORE_URL": url})


def test_a_bucket_is_named_by_url_or_by_the_variable_that_other_tools_use() -> None:
    assert load(environ={"CONVERSATIONS_BUCKET": "calls"}).object_store_url == "s3://calls"
    ours = {"CONVERSATIONS_BUCKET": "calls", "EARWITNESS_OBJECT_STORE_URL": "s3://others/prefix"}
    assert load(environ=ours).object_store_url == "s3://others/prefix"
