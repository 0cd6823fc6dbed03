// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

/**
 * What a page of Spark's draws when somebody asks for it.
 *
 * @param name in messages
 * @param click opens it, as {@link io.gatehouse.it.browser.Page#click} has it
 * @param drawn a CSS selector of which there are elements when it is drawn
 */
record SparkPanel(String name, String click, String drawn) {
    static final SparkPanel TIMELINE_OF_JOBS = new SparkPanel(
            "event timeline of all jobs", "span.expand-application-timeline", "#application-timeline .vis-item");
    static final SparkPanel TIMELINE_OF_STAGES =
            new SparkPanel("event timeline of a job", "span.expand-job-timeline", "#job-timeline .vis-item");
    static final SparkPanel TIMELINE_OF_TASKS = new SparkPanel(
            "event timeline of a stage", "span.expand-task-assignment-timeline", "#task-assignment-timeline .vis-item");
    static final SparkPanel DAG_OF_JOB = dag("DAG of a job");
    static final SparkPanel DAG_OF_STAGE = dag("DAG of a stage");

    private static SparkPanel dag(String name) {
        return new SparkPanel(name, "span.expand-dag-viz", "#dag-viz-graph svg g.node");
    }
}
