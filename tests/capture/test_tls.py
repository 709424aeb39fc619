"""TLS at both ends, with certificates made on the spot."""

import asyncio
import datetime
import ipaddress
import ssl

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from earwitness.capture.tls import client_context, server_context
from earwitness.errors import SettingsError
from earwitness.journal.record import Kind, Origin
from taps import echo, ended, seen, tapped, upstream


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """(certificate, key) of `localhost` and 127.0.0.1, its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("pem")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.mark.parametrize("runs", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_tls_on_both_ends(tmp_path, pem, runs):
    async def go():
        listen = {"tls_cert": pem[0], "tls_key": pem[1]}
        async with (
            upstream(echo, ssl=server_context(*pem)) as (_, url),
            tapped(tmp_path, url, listen=listen, route={"ca_file": pem[0]}) as rig,
        ):
            trust = ssl.create_default_context(cafile=pem[0])
            async with connect(rig.url(scheme="wss"), ssl=trust, max_size=None) as client:
                for message in ("hello", "x" * 3_000_000):
                    await client.send(message)
                    assert await client.recv() == message
                await client.close(4002, "bye")
            return await rig.records()

    records = runs(go())
    assert [len(payload) for kind, payload in seen(records, Origin.SERVER) if kind is Kind.TEXT] == [
        5,
        3_000_000,
    ]
    assert seen(records, Origin.CLIENT)[-1] == (Kind.CLOSE, b"\x0f\xa2bye")
    assert ended(records).why == "closed"


async def test_an_upstream_whose_certificate_nobody_vouches_for_is_not_talked_to(tmp_path, pem):
    async with upstream(echo, ssl=server_context(*pem)) as (_, url), tapped(tmp_path, url) as rig:
        with pytest.raises(InvalidStatus) as refused:
            await connect(rig.url())
        assert refused.value.response.status_code == 502
        assert ended(await rig.records()).why == "unreachable"


def test_half_a_setting_or_a_missing_file_is_told(tmp_path, pem):
    assert server_context("", "") is None
    for wrong in ((pem[0], ""), (pem[0], str(tmp_path / "none")), (pem[1], pem[1])):
        with pytest.raises(SettingsError):
            server_context(*wrong)
    with pytest.raises(SettingsError):
        client_context(str(tmp_path / "none"))
