// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.bench;

import java.nio.charset.StandardCharsets;

/** The jobs page of an application with many jobs, as Spark 4.3 writes it: head, timeline in a script, one row a job. */
final class JobsPage {
    private static final String HEAD = """
            <!DOCTYPE html><html data-bs-theme="light">
                  <head>
                    <meta http-equiv="Content-type" content="text/html; charset=utf-8"/><link rel="stylesheet" href="/static/webui.css" type="text/css"/>\
            <script src="/static/jquery.min.js"></script><script src="/static/webui.js"></script>\
            <script nonce="3efd823b-2ec2-4b2c-8075-0063329ecd4c">setUIRoot('')</script>
                    <title>Report - Spark Jobs</title>
                  </head>
                  <body class="d-flex flex-column min-vh-100">
                    <ul class="navbar-nav me-auto"><li class="nav-item"><a class="nav-link" href="/jobs/">Jobs</a></li></ul>
            """;
    private static final String EVENT = """
            {
              'className': 'job application-timeline-object succeeded',
              'group': 'jobs',
              'start': new Date(1795272385000),
              'end': new Date(1795272387000),
              'content': '<div class="application-timeline-content"' +
                 'data-bs-html="true" data-bs-placement="top" data-bs-toggle="tooltip"' +
                 'data-bs-title="step 7 of the report (Job @)<br>' +
                 'Status: SUCCEEDED<br>' +
                 'Submitted: 2026/11/21 14:46:25' +
                 '<br>Completed: 2026/11/21 14:46:27">' +
                 'step 7 of the report (Job @)</div>'
            },""";
    private static final String ROW = """
            <tr id="job-@">
                  <td>
                    @ (@)
                  </td>
                  <td>
                    <span class="description-input">step 7 of the report</span>\s
                    <a href="/jobs/job/?id=@" class="name-link">collect at /opt/report/app.py:6</a>
                  </td>
                  <td>
                    2026/11/21 14:46:25
                  </td>
                  <td>2 s</td>
                  <td class="stage-progress-cell">
                    1/1
                   \s
                    (1 skipped)
                  </td>
                  <td class="progress-cell">
                    <div class="progress-stacked" title="1/1 (2 skipped)">
                  <span class="position-absolute w-100 h-100 d-flex align-items-center justify-content-center">
                    1/1 (2 skipped)
                  </span>
                  <div class="progress" role="progressbar" aria-label="Completed" aria-valuenow="100" aria-valuemin="0" aria-valuemax="100" style="width: 100.0%">
                    <div class="progress-bar progress-completed"></div>
                  </div>
                  <div class="progress" role="progressbar" aria-label="Running" aria-valuenow="0" aria-valuemin="0" aria-valuemax="100" style="width: 0.0%">
                    <div class="progress-bar progress-started"></div>
                  </div>
                </div>
                  </td>
                </tr>""";

    private JobsPage() {}

    /** One of roughly {@code size} bytes. */
    static byte[] ofSize(int size) {
        StringBuilder page = new StringBuilder(size + ROW.length()).append(HEAD);
        page.append(
                "<script type=\"text/javascript\" nonce=\"3efd823b-2ec2-4b2c-8075-0063329ecd4c\">drawApplicationTimeline([");
        // Spark draws the 500 newest.
        for (int job = 0; job < 500 && page.length() < size / 2; job++) {
            page.append(EVENT.replace("@", Integer.toString(job)));
        }
        page.append("]);</script><table class=\"table\"><tbody>");
        for (int job = 0; page.length() < size; job++) {
            page.append(ROW.replace("@", Integer.toString(job)));
        }
        return page.append("</tbody></table></body></html>").toString().getBytes(StandardCharsets.UTF_8);
    }
}
