# SPDX-License-Identifier: Apache-2.0
"""The demo's finished application: a small report that ends by itself, for the History Server to show."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.appName("Demo: daily sales report").getOrCreate()
sc = spark.sparkContext

sales = spark.range(200_000).select(
    (F.col("id") % 7).alias("region"),
    (F.col("id") % 101).alias("product"),
    (F.rand(seed=42) * 100).alias("amount"),
)
sales.createOrReplaceTempView("sales")

sc.setJobDescription("Count the sales")
print("sales:", sales.count())

sc.setJobDescription("Revenue by region")
by_region = spark.sql(
    """
    SELECT region, count(*) AS orders, round(sum(amount), 2) AS revenue
    FROM sales GROUP BY region ORDER BY revenue DESC
    """
)
by_region.show()

sc.setJobDescription("Products that sell above the average of their region")
spark.sql(
    """
    WITH totals AS (SELECT region, product, sum(amount) AS total FROM sales GROUP BY region, product)
    SELECT t.region, count(*) AS strong_products
    FROM totals t JOIN (SELECT region, avg(total) AS mean FROM totals GROUP BY region) m ON t.region = m.region
    WHERE t.total > m.mean GROUP BY t.region ORDER BY t.region
    """
).show()

sc.setJobDescription("Word count in three stages")
words = sc.parallelize(["spark", "connect", "thrift", "history", "spark", "ui"] * 2_000, 4)
counts = words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b, 3)
print("words:", counts.map(lambda pair: (pair[1], pair[0])).sortByKey(ascending=False, numPartitions=2).collect())

spark.stop()
