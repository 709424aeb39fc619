"""The very expressions that DuckDB answers, answered by a Spark cluster of a master and two workers.

Needs Java 17 and `pip install 'pyspark<4.1'`, which is larger than all else together and so no part of the
development requirements.
"""

import os
import shutil
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import ibis
import pytest

from earwitness.lake import arrow
from earwitness.lake.metrics import METRICS, Asked, expression
from earwitness.lake.tables import TABLES
from lake_rows import BEGAN, EVERY, rows_of_call
from served import free_port

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None or find_spec("pyspark") is None,
    reason="a Spark cluster needs Java 17 and: pip install 'pyspark<4.1'",
)
HOST = "127.0.0.1"
QUESTIONS = [Asked(), Asked(by=("day", "provider"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lake")
    calls = [rows_of_call(number) for number in range(60)]
    for table in TABLES:
        rows = [row for call in calls for row in call[table]]
        (folder / f"{table}.parquet").write_bytes(arrow.to_parquet(arrow.to_arrow(table, rows)))
    return folder


@pytest.fixture(scope="module")
def cluster():
    """The address of a master to which two workers of one core each have come."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "PYSPARK_PYTHON": sys.executable,
    }
    port = free_port()

    def start(kind, *options):
        command = [home / "bin/spark-class", f"org.apache.spark.deploy.{kind}", "--host", HOST, *options]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    master = start("master.Master", "--port", str(port), "--webui-port", str(free_port()))
    nodes = [master]
    try:
        wait_for(master, "I have been elected leader")
        for _ in range(2):
            nodes.append(
                start(
                    "worker.Worker",
                    "-c",
                    "1",
                    "-m",
                    "1g",
                    "--webui-port",
                    str(free_port()),
                    f"spark://{HOST}:{port}",
                )
            )
        for worker in nodes[1:]:
            wait_for(worker, "Successfully registered with master")
        yield f"spark://{HOST}:{port}"
    finally:
        for node in reversed(nodes):
            node.terminate()
        for node in nodes:
            node.communicate(timeout=60)


def wait_for(node, words):
    for line in node.stderr:
        if words in line:
            return
    raise AssertionError(f"it ended before it said: {words}")


@pytest.fixture(scope="module")
def spark(cluster):
    from pyspark.sql import SparkSession

    with socket.socket() as probe:
        probe.connect((HOST, int(cluster.rpartition(":")[2])))
    session = (
        SparkSession.builder.master(cluster)
        .config("spark.driver.host", HOST)
        .config("spark.executor.memory", "512m")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")
def test_all_fifteen_metrics_are_the_same_on_a_cluster(spark, folder):
    cluster, embedded = ibis.pyspark.connect(spark), ibis.duckdb.connect(threads=1)
    asked = [*QUESTIONS, Asked(by=("hour",), label="vip", since=BEGAN + 10 * EVERY, until=BEGAN + 50 * EVERY)]
    for name, metric in METRICS.items():
        for question in asked:
            found = [
                expression(metric, engine.read_parquet(folder / f"{metric.table}.parquet"), question)
                for engine in (cluster, embedded)
            ]
            theirs, ours = (each.to_pyarrow().to_pylist() for each in found)
            assert len(theirs) == len(ours), (name, question)
            for one, other in zip(theirs, ours, strict=True):
                assert one.keys() == other.keys()
                for figure, value in other.items():
                    assert one[figure] == pytest.approx(value), (name, question, figure)
    executors = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert executors == 3  # two on the workers, and this program
