# SPDX-License-Identifier: Apache-2.0
"""The demo's running application: fills every page of the Spark UI at once, then runs a small job every few seconds.

It ends only when it is terminated. The one optional argument is the pause between two jobs, in seconds.
"""

import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

pause = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0

spark = SparkSession.builder.appName("Demo: live order stream").getOrCreate()
sc = spark.sparkContext

# Storage page: one cached table, one cached RDD.
orders = spark.range(100_000).select(
    F.col("id"),
    (F.col("id") % 5).alias("shop"),
    (F.rand(seed=7) * 50).alias("amount"),
)
orders.createOrReplaceTempView("orders")
sc.setJobDescription("Cache the orders")
spark.sql("CACHE TABLE orders")

readings = sc.parallelize(range(1_000), 2).map(lambda n: (n % 10, n)).setName("sensor readings").cache()
sc.setJobDescription("Cache the sensor readings")
readings.count()

# SQL, Jobs and Stages pages: a query with a shuffle.
sc.setJobDescription("Orders by shop")
spark.sql("SELECT shop, count(*) AS orders, sum(amount) AS revenue FROM orders GROUP BY shop ORDER BY revenue").collect()

beat = 0
while True:
    beat += 1
    sc.setJobDescription(f"Beat {beat}")
    if beat % 2:
        spark.sql(f"SELECT shop, max(amount) FROM orders WHERE id % 10 = {beat % 10} GROUP BY shop").collect()
    else:
        readings.mapValues(lambda n: n * beat).reduceByKey(lambda a, b: a + b).collect()
    time.sleep(pause)
