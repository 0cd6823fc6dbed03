// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.discovery.UiRouting;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The rules for the two paths of the ui door, and for both together. */
final class UiPaths {
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]+)+");

    private UiPaths() {}

    static void check(String basePath, String proxyBase, Checks checks) {
        proxyBase(proxyBase, checks);
        if (!basePath.isEmpty()) {
            basePath(basePath, proxyBase, checks);
        }
    }

    private static void proxyBase(String proxyBase, Checks checks) {
        List<String> segments = segments(proxyBase);
        plain("proxyBase", proxyBase, "/sparkui", checks)
                .that(
                        !UiRouting.isOwn(proxyBase) || segments.contains("history"),
                        "proxyBase",
                        "'" + proxyBase + "' begins like pages of Gatehouse's or the History Server's own",
                        "choose another word")
                // Spark's pages look for these two words in their own address to find the REST API.
                .that(
                        !segments.contains("history"),
                        "proxyBase",
                        "'" + proxyBase + "' has the segment 'history', which Spark's pages take for a History Server",
                        "choose another word")
                .that(
                        !segments.contains("proxy") || proxyBase.equals(UiRouting.BARE_PROXY),
                        "proxyBase",
                        "'" + proxyBase + "' has the segment 'proxy', which Spark's pages understand at the root only",
                        "write exactly /proxy, or choose another word")
                .that(
                        !UiRouting.kills(proxyBase),
                        "proxyBase",
                        "'" + proxyBase + "' has the segment 'kill', below which Spark's pages kill jobs",
                        "choose another word");
    }

    private static void basePath(String basePath, String proxyBase, Checks checks) {
        List<String> segments = segments(basePath);
        plain("basePath", basePath, "/gatehouse", checks)
                .that(
                        !segments.contains("history") && !segments.contains("proxy"),
                        "basePath",
                        "'" + basePath + "' has the segment 'history' or 'proxy', which Spark's pages look for in their"
                                + " address",
                        "choose another word")
                .that(
                        !proxyBase.equals(UiRouting.BARE_PROXY),
                        "basePath",
                        "drivers below ui.proxyBase /proxy write their links from the root of the server",
                        "choose another proxyBase, such as /sparkui, or leave basePath out")
                .that(
                        !UiRouting.isOwnPath(basePath, proxyBase),
                        "basePath",
                        "'" + basePath
                                + "' begins like a path of Gatehouse's own, so that a path with it could not be told"
                                + " from one without",
                        "choose another first word, such as /gatehouse");
    }

    private static Checks plain(String key, String path, String example, Checks checks) {
        List<String> segments = segments(path);
        return checks.that(
                PATH.matcher(path).matches() && !segments.contains(".") && !segments.contains(".."),
                key,
                "'" + path + "' is not a path of plain segments",
                "start with a slash, end without one, and use letters, digits, '.', '_' and '-' between, such as "
                        + example);
    }

    private static List<String> segments(String path) {
        return Arrays.asList(path.split("/", -1));
    }
}
