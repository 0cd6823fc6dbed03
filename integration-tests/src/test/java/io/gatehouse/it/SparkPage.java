// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

/**
 * A page of an application, live or in the History Server.
 *
 * @param name in messages
 * @param click what leads to it on a page before, as {@link io.gatehouse.it.browser.Page#click} has it
 * @param path below the application's prefix
 * @param heading what its heading begins with
 */
record SparkPage(String name, String click, String path, String heading) {
    static final SparkPage JOBS = new SparkPage("jobs", "a:Jobs", "jobs/", "Spark Jobs");
    static final SparkPage JOB = new SparkPage("job", "a[href*='/jobs/job/?id=']", "jobs/job/", "Details for Job ");
    static final SparkPage STAGES = new SparkPage("stages", "a:Stages", "stages/", "Stages for All Jobs");
    static final SparkPage STAGE =
            new SparkPage("stage", "a[href*='/stages/stage/?id=']", "stages/stage/", "Details for Stage ");
    static final SparkPage STORAGE = new SparkPage("storage", "a:Storage", "storage/", "Storage");
    static final SparkPage RDD =
            new SparkPage("cached RDD", "a[href*='/storage/rdd/?id=']", "storage/rdd/", "RDD Storage Info for ");
    static final SparkPage ENVIRONMENT = new SparkPage("environment", "a:Environment", "environment/", "Environment");
    static final SparkPage EXECUTORS = new SparkPage("executors", "a:Executors", "executors/", "Executors");
    /** Spark 4.3 shows these two in a panel of the page before, too. */
    static final SparkPage THREAD_DUMP =
            new SparkPage("thread dump", "a:Thread Dump", "executors/threadDump/", "Thread dump for executor driver");

    static final SparkPage HEAP_HISTOGRAM = new SparkPage(
            "heap histogram", "a:Heap Histogram", "executors/heapHistogram/", "Heap Histogram for Executor driver");
    static final SparkPage SQL = new SparkPage("SQL", "a:SQL / DataFrame", "SQL/", "SQL / DataFrame");
    static final SparkPage QUERY =
            new SparkPage("SQL execution", "a[href*='/SQL/execution/?id=']", "SQL/execution/", "Details for Query ");
    static final SparkPage STREAMS =
            new SparkPage("structured streams", "a:Structured Streaming", "StreamingQuery/", "Streaming Query");
    static final SparkPage STREAM = new SparkPage(
            "structured stream",
            "a[href*='/StreamingQuery/statistics/?id=']",
            "StreamingQuery/statistics/",
            "Streaming Query Statistics");
}
