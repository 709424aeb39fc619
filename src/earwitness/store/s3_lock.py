"""Object lock: what is in the bucket cannot be changed or deleted by anybody until a day (WORM)."""

from datetime import UTC, datetime, timedelta

from earwitness.errors import SettingsError, StorageUnavailable


class Locks:
    """Locks objects of one bucket for so many days."""

    def __init__(self, bucket: str, days: int, mode: str) -> None:
        try:
            import boto3
        except ImportError as error:
            raise SettingsError(
                "object_store.lock_days needs the package boto3", hint="pip install 'earwitness[aws]'"
            ) from error
        self._client = boto3.client("s3")
        self._bucket, self._days, self._mode = bucket, days, mode

    def lock(self, key: str) -> None:
        """The object as it is now stays for so long, and the bucket has confirmed it.

        Raises `StorageUnavailable` where it does not hold the lock afterwards, whatever it answered before.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=self._days)
        try:
            self._client.put_object_retention(
                Bucket=self._bucket, Key=key, Retention={"Mode": self._mode, "RetainUntilDate": until}
            )
            held = self._client.head_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError) as error:
            raise StorageUnavailable(
                f"{key}: the bucket takes no lock: {error}",
                hint="Object lock is chosen when a bucket is made.",
            ) from error
        if held.get("ObjectLockMode") != self._mode or held.get("ObjectLockRetainUntilDate", until) < until:
            raise StorageUnavailable(
                f"{key}: the bucket says it locked the object, and did not",
                hint="Object lock is chosen when a bucket is made.",
            )
