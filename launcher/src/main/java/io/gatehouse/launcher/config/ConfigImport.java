// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a configuration of ours from the file of a product that Gatehouse takes the place of, for {@code gatehouse import-config}. What
 * it writes has been loaded by our own rules; what it cannot understand it refuses, with the line.
 */
public final class ConfigImport {
    private ConfigImport() {}

    /** Whose files can be read. */
    public enum Product {
        /** OKDP's proxy in front of History Server and live UIs. */
        SPARK_WEB_PROXY("spark-web-proxy", SparkWebProxyFile::read);

        private final String word;

        @SuppressWarnings("ImmutableEnumChecker") // a method without state
        private final Source source;

        Product(String word, Source source) {
            this.word = word;
            this.source = source;
        }

        /** The product's name, as people write it. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** Port: understands the files of one product. */
    @FunctionalInterface
    interface Source {
        /**
         * Says what their file means here.
         *
         * @param root the file
         * @param file its name, for messages
         * @param problems where mistakes are added
         */
        ImportedConfig read(ConfigNode.Mapping root, String file, List<ConfigProblem> problems);
    }

    /**
     * Reads their file and returns the text of ours.
     *
     * @throws ConfigException when the file cannot be read or understood, or asks for what is not valid here
     */
    public static String convert(Product product, Path file) {
        List<ConfigProblem> problems = new ArrayList<>();
        String name = file.toString();
        String text = ConfigLoader.text(file, problems);
        ConfigNode.Mapping root = new YamlReader(name, problems).read(text);
        if (!problems.isEmpty()) {
            throw ConfigException.of(problems);
        }
        ImportedConfig imported = product.source.read(root, name, problems);
        GatehouseConfig meant = bind(imported.tree(), problems);
        if (meant == null || !problems.isEmpty()) {
            throw ConfigException.of(
                    problems.stream().map(imported::inTheirWords).toList());
        }
        String yaml = imported.yaml();
        if (!meant.equals(bind(new YamlReader(name, problems).read(yaml), problems))) {
            throw new IllegalStateException("what was written means something else: " + problems);
        }
        return yaml;
    }

    private static @Nullable GatehouseConfig bind(ConfigNode.Mapping tree, List<ConfigProblem> problems) {
        Class<GatehouseConfig> root = GatehouseConfig.class;
        return new RecordBinder(problems, new UnknownKeys(root, problems)).bind(root, tree, "");
    }
}
