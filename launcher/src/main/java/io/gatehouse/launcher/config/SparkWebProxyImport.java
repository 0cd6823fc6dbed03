// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the keys of OKDP's spark-web-proxy mean here. Keys that were left out have the default of the program, in a chart's values that
 * of the chart. {@link SparkWebProxyFile} finds them.
 */
final class SparkWebProxyImport {
    private static final List<String> KEYS = List.of(
            "proxy.listenAddress",
            "proxy.port",
            "proxy.mode",
            "spark.history.scheme",
            "spark.history.service",
            "spark.history.port",
            "spark.ui.proxyBase",
            "spark.jobNamespaces",
            "logging.level",
            "logging.format",
            "security.cors.allowedOrigins",
            "security.cors.allowedMethods",
            "security.cors.allowedHeaders",
            "security.cors.exposedHeaders",
            "security.cors.allowCredentials",
            "security.cors.maxAge",
            "security.headers");

    private static final Map<String, String> MISNOMERS =
            Map.of("spark.service", "its README names it wrongly: write spark.history.service");

    private static final List<String> MODES = List.of("debug", "release", "test");

    /** Levels of its log, zap's. */
    private static final Map<String, String> LEVELS = Map.of(
            "debug", "debug",
            "info", "info",
            "warn", "warn",
            "error", "error",
            "dpanic", "error",
            "panic", "error",
            "fatal", "error");

    private static final Map<String, String> FORMATS = Map.of("console", "text", "json", "json");

    private static final int LARGEST_PORT = 65535;
    private static final String OUR_MANAGEMENT_PORT = "8081";

    private final boolean chart;
    private final ForeignKeys keys;
    private final List<ConfigProblem> problems;
    private final ImportedConfig imported;

    /**
     * @param chart whether these are values of its chart
     * @param section that holds its keys
     * @param problems where mistakes are added
     */
    SparkWebProxyImport(boolean chart, ConfigNode.Mapping section, List<ConfigProblem> problems) {
        this.chart = chart;
        this.problems = problems;
        this.keys = new ForeignKeys(KEYS, MISNOMERS, problems);
        this.imported = new ImportedConfig("A configuration of Gatehouse, made by 'gatehouse import-config' from "
                + (chart ? "values of the Helm chart of spark-web-proxy." : "one of spark-web-proxy."));
        keys.read(section, "");
    }

    /** Says what stands beside the configuration in a chart's values. */
    void omit(String names, String why) {
        imported.omit(names, why);
    }

    /** Called once. */
    ImportedConfig convert() {
        listener();
        proxyBase();
        responses();
        new SparkWebProxyCors(chart, keys, imported).convert();
        historyServer();
        namespaces();
        logging();
        mode();
        imported.omit(
                "environment variables",
                "spark-web-proxy reads CONFIG and names with dots, such as SPARK.HISTORY.SERVICE, which no shell can set;"
                        + " here every key has a variable, such as GATEHOUSE_UI_PORT.");
        imported.differ(
                "Jobs are killed by POST from the application's own page only: a GET gets a page that asks first."
                        + " docs/from-spark-web-proxy.md says what else is not as it was.");
        return imported;
    }

    private void listener() {
        ConfigNode.Scalar address = valueOr("proxy.listenAddress", chart ? "0.0.0.0" : "localhost");
        switch (address.text()) {
            case "localhost" -> imported.set("ui.address", "proxy.listenAddress", as("127.0.0.1", address), "");
            case "" ->
                imported.set(
                        "ui.address",
                        "proxy.listenAddress",
                        as("::", address),
                        "empty there, which means every address; write 0.0.0.0 where the host has no IPv6.");
            default -> imported.set("ui.address", "proxy.listenAddress", address, "");
        }
        ConfigNode.Scalar port = valueOr("proxy.port", chart ? "4040" : "8090");
        imported.set("ui.port", "proxy.port", port, "");
        if (port.text().equals(OUR_MANAGEMENT_PORT)) {
            imported.set("management.port", "proxy.port", as("8082", port), "its number is the default of this one.");
        }
    }

    private void proxyBase() {
        ConfigNode.Scalar base = valueOr("spark.ui.proxyBase", "/sparkui");
        imported.set(
                "ui.proxyBase",
                "spark.ui.proxyBase",
                base,
                base.text().equals("/proxy")
                        ? "it need not be /proxy any more for applications with spark.ui.reverseProxy=true: they work below any"
                                + " path, and /proxy/<id>/ leads there."
                        : "");
    }

    /** Its map of fields for every response; one of them has a key of its own here, and one is always sent. */
    private void responses() {
        ConfigNode.Mapping headers = keys.map("security.headers");
        headers.entries().forEach((name, entry) -> {
            String key = "security.headers." + name;
            ConfigNode value = entry.value();
            if (name.equalsIgnoreCase("Content-Security-Policy")) {
                imported.set(
                        "ui.contentSecurityPolicy",
                        key,
                        value,
                        "of responses that have none; a policy of Spark's own is not replaced, because its nonces would be"
                                + " lost.");
            } else if (name.equalsIgnoreCase("X-Content-Type-Options")) {
                imported.omit(key, "nosniff stands in every response.");
            } else {
                imported.add("ui.responseHeaders", name, "security.headers", value);
            }
        });
    }

    private void historyServer() {
        ConfigNode.Scalar scheme = valueOr("spark.history.scheme", "http");
        ConfigNode.Scalar port = valueOr("spark.history.port", "18080");
        ConfigNode.Scalar service = keys.value("spark.history.service");
        if (service == null && chart) {
            problems.add(new ConfigProblem(
                    Origin.defaults(),
                    "configuration.spark.history.service",
                    "the key is missing",
                    "add the name of the History Server's Service"));
        }
        ConfigNode.Scalar host = service == null ? as("localhost", port) : service;
        boolean soundScheme = check(
                List.of("http", "https").contains(scheme.text()),
                scheme,
                "spark.history.scheme",
                "write http or https");
        boolean soundPort = check(
                isPort(port.text()), port, "spark.history.port", "write the History Server's port, such as 18080");
        if (soundScheme && soundPort) {
            imported.set(
                    "discovery.historyServer.url",
                    "spark.history.service",
                    as(scheme.text() + "://" + host.text() + ":" + port.text(), host),
                    "with spark.history.scheme and spark.history.port.");
        }
        imported.differ(
                "Drivers of notebooks and shells (client mode) are looked for in networks that you name only, because"
                        + " their addresses come from whoever submits jobs: add allowedNetworks, such as [10.0.0.0/8], below"
                        + " discovery.historyServer.");
    }

    private void namespaces() {
        ConfigNode.Sequence namespaces = keys.list("spark.jobNamespaces");
        ConfigNode.Sequence ours = namespaces != null
                ? namespaces
                : new ConfigNode.Sequence(
                        List.of(new ConfigNode.Scalar("default", Origin.defaults())), Origin.defaults());
        imported.set(
                "discovery.cluster.namespaces",
                "spark.jobNamespaces",
                ours,
                "an empty list stands for all namespaces. Outside of a cluster, add kubeconfig.");
    }

    private void logging() {
        ConfigNode.Scalar level = keys.value("logging.level");
        if (level != null) {
            word("logging.level", level, LEVELS);
        } else if (chart) {
            imported.differ("The log's level is info, where the chart's default is debug.");
        }
        word("logging.format", valueOr("logging.format", "console"), FORMATS);
    }

    private void word(String key, ConfigNode.Scalar value, Map<String, String> words) {
        String ours = words.get(value.text().toLowerCase(Locale.ROOT));
        check(
                ours != null,
                value,
                key,
                "write one of " + words.keySet().stream().sorted().collect(Collectors.joining(", ")));
        if (ours != null) {
            imported.set(key, key, as(ours, value), "");
        }
    }

    private void mode() {
        ConfigNode.Scalar mode = valueOr("proxy.mode", "release");
        check(MODES.contains(mode.text()), mode, "proxy.mode", "write one of " + String.join(", ", MODES));
        imported.omit(
                "proxy.mode (" + mode.text() + ")",
                "there is one way to run. The access log, which release left out, is on: accessLog.output: off for none.");
    }

    // ---- Values ---------------------------------------------------------------------------------------------------

    private ConfigNode.Scalar valueOr(String key, String defaultValue) {
        ConfigNode.Scalar value = keys.value(key);
        return value == null ? new ConfigNode.Scalar(defaultValue, Origin.defaults()) : value;
    }

    /** Another text in the place of a value. */
    private static ConfigNode.Scalar as(String text, ConfigNode.Scalar value) {
        return new ConfigNode.Scalar(text, value.origin());
    }

    /** Adds a problem unless {@code holds}, and returns it. */
    private boolean check(boolean holds, ConfigNode.Scalar value, String key, String remedy) {
        if (!holds) {
            problems.add(new ConfigProblem(value.origin(), key, "'" + value.text() + "' cannot stand here", remedy));
        }
        return holds;
    }

    private static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= LARGEST_PORT;
    }
}
