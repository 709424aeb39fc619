import base64
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from earwitness.errors import Denied, SettingsError
from earwitness.privacy.providers import Provider, provider_of

OLD, NEW = "11" * 32, base64.b64encode(bytes(range(32))).decode()
SECRET = bytes(32)


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("kms", region_name="eu-central-1")
        yield client.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture(params=["file", "env", "aws-kms"])
def provider(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Provider:
    (tmp_path / "key").write_text(OLD)
    monkeypatch.setenv("MASTER", OLD)
    where = {"file": f"file:{tmp_path / 'key'}", "env": "env:MASTER"}
    name = request.param
    return provider_of(where[name] if name in where else f"aws-kms:{request.getfixturevalue('kms')}")


def test_what_is_wrapped_is_unwrapped_and_differs_each_time(provider: Provider) -> None:
    wrapped = provider.wrap(SECRET)
    assert provider.unwrap(wrapped) == SECRET
    assert SECRET not in wrapped
    assert provider.wrap(SECRET) != wrapped


def test_what_was_changed_or_wrapped_by_another_is_denied(provider: Provider) -> None:
    wrapped = bytearray(provider.wrap(SECRET))
    wrapped[-1] ^= 1
    for bad in (bytes(wrapped), b"", b"x" * 80):
        with pytest.raises(Denied):
            provider.unwrap(bad)


def test_an_old_key_unwraps_for_as_long_as_it_stands_behind_the_new(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(OLD)
    wrapped = provider_of(f"file:{file}").wrap(SECRET)
    file.write_text(f"{NEW}\n{OLD}\n")
    assert provider_of(f"file:{file}").unwrap(wrapped) == SECRET
    file.write_text(NEW)
    with pytest.raises(Denied, match="master key"):
        provider_of(f"file:{file}").unwrap(wrapped)


@pytest.mark.parametrize("where", ["", "x", "vault:y", "file:", "file:/no/such", "env:NO_SUCH_VARIABLE"])
def test_no_place_for_a_key_is_told_with_a_way_out(where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        provider_of(where)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "short", "zz" * 32])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(SettingsError) as caught:
        provider_of(f"file:{tmp_path / 'key'}")
    assert not text or text not in str(caught.value)
