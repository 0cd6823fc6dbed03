# SPDX-License-Identifier: Apache-2.0
"""An application for tests: fills the pages of the Spark UI, and then runs until it is told to end.

Arguments: a file that it writes its id into once everything is there; a file at whose appearance it ends; its name; and the word
"brief", where one small job is enough.
"""

import os
import pathlib
import sys
import tempfile
import threading
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

ready, stop, name = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
brief = "brief" in sys.argv[4:]

spark = SparkSession.builder.appName(name).getOrCreate()
sc = spark.sparkContext


def storage():
    """One cached table and one cached RDD."""
    spark.range(1_000).select("id", (F.col("id") % 5).alias("shop")).createOrReplaceTempView("orders")
    spark.sql("CACHE TABLE orders")
    sc.parallelize(range(100), 2).setName("sensor readings").cache().count()


def queries():
    """A plan with a join and shuffles, and jobs with several stages."""
    spark.sql(
        "SELECT o.shop, count(*) AS orders FROM orders o JOIN (SELECT DISTINCT shop FROM orders) s ON o.shop = s.shop"
        " GROUP BY o.shop ORDER BY orders"
    ).collect()
    sc.parallelize(range(100), 2).map(lambda n: (n % 3, n)).reduceByKey(lambda a, b: a + b).sortByKey().collect()


def stream():
    """A structured stream with some batches behind it."""
    query = (
        spark.readStream.format("rate")
        .load()
        .writeStream.format("noop")
        .queryName("rates")
        .option("checkpointLocation", tempfile.mkdtemp())
        .trigger(processingTime="200 milliseconds")
        .start()
    )
    while len(query.recentProgress) < 2:
        time.sleep(0.1)
    query.stop()


def nap(seat):
    """For ever, on all seats but the first: the pages of a stage have nothing to sum up until one of its tasks has ended."""
    while seat:
        time.sleep(0.1)


def victims():
    """A job that does not end by itself; once it is killed, the next one."""
    sc.setJobDescription("To be killed")
    while not stop.exists():
        try:
            sc.parallelize(range(3), 3).foreach(nap)
        except Exception as killed:  # whatever Spark makes of it
            print("killed:", type(killed).__name__)


if brief:
    sc.parallelize(range(10), 2).map(lambda n: (n % 3, n)).reduceByKey(lambda a, b: a + b).collect()
else:
    storage()
    queries()
    stream()
    if not stop.exists():
        threading.Thread(target=victims, daemon=True).start()

half_written = ready.with_suffix(".tmp")
half_written.write_text(sc.applicationId)
os.replace(half_written, ready)

while not stop.exists():
    time.sleep(0.1)
spark.stop()
