"""What is shipped for deployment is taken by what it is for, and gives the rights that are needed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from earwitness.errors import StorageUnavailable
from earwitness.settings import ObjectStore
from earwitness.store.s3 import S3Objects
from s3_server import S3, moto

ROOT = Path(__file__).resolve().parents[1]
AWS = ROOT / "deploy" / "aws"
NAMES = {"BUCKET": "my-conversations", "LOGS": "my-logs", "ACCOUNT": "123456789012", "REGION": "us-east-1"}


def filled(name: str) -> Any:
    text = (AWS / name).read_text("utf-8")
    for word, value in NAMES.items():
        text = text.replace(word, value)
    return json.loads(text)


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with moto() as running:
        client = running.client()
        for bucket in (NAMES["BUCKET"], NAMES["LOGS"]):
            client.create_bucket(Bucket=bucket)
        yield running


def test_every_template_is_used_by_the_page_that_explains_it() -> None:
    page = (ROOT / "docs/how-to/s3.md").read_text("utf-8")
    assert {path.name for path in AWS.iterdir()} == set(re.findall(r"file://aws/([\w-]+\.json)", page))


def test_a_bucket_takes_policy_lifecycle_encryption_logging_and_block(server: S3) -> None:
    client, bucket = server.client(), NAMES["BUCKET"]
    block = filled("public-access-block.json")
    client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=filled("encryption.json"))
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=filled("lifecycle.json"))
    client.put_bucket_policy(Bucket=NAMES["LOGS"], Policy=json.dumps(filled("log-bucket-policy.json")))
    client.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=filled("access-logging.json"))
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(filled("bucket-policy.json")))
    assert all(client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert client.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetBucket"] == NAMES["LOGS"]
    rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert not any("Expiration" in rule for rule in rules), "retention is ours: it knows holds"


def test_the_bucket_refuses_what_is_not_encrypted_not_by_tls_or_not_ours() -> None:
    statements = {each["Sid"]: each for each in filled("bucket-policy.json")["Statement"]}
    assert set(statements) == {"OnlyOverTls", "OnlyEncrypted", "OnlyEarwitness"}
    assert all((each["Effect"], each["Principal"]) == ("Deny", "*") for each in statements.values())
    allowed = statements["OnlyEncrypted"]["Condition"]["StringNotEquals"]["s3:x-amz-server-side-encryption"]
    assert ObjectStore().encryption in allowed
    assert statements["OnlyOverTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_role_has_the_rights_we_use_and_no_star() -> None:
    actions = {action for each in filled("policy.json")["Statement"] for action in each["Action"]}
    assert actions == {
        "s3:ListBucket",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:PutObjectRetention",
        "s3:GetObjectRetention",
        "kms:GenerateDataKey",
        "kms:Decrypt",
    }
    assert all(
        NAMES["BUCKET"] in str(each["Resource"]) or ":key/" in each["Resource"]
        for each in filled("policy.json")["Statement"]
    )


def test_we_work_on_a_bucket_that_was_set_up_like_that(
    server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    objects = S3Objects(f"s3://{NAMES['BUCKET']}", ObjectStore(), tmp_path)
    with pytest.raises(StorageUnavailable, match="does not let us"):  # we are not the role
        objects.put("a/b.json", [b"{}"])
    server.client().delete_bucket_policy(Bucket=NAMES["BUCKET"])
    objects.put("a/b.json", [b"{}"])
    assert [info.path for info in objects.list("a")] == ["a/b.json"]
    assert objects.delete("a/b.json")
