// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Loads the configuration: flags over environment over file over defaults. The command line makes one and uses it for the first load; a
 * {@link Reloader} uses the same one later, so that variables and flags keep their precedence. Immutable.
 */
public final class ConfigLoader {
    private static final long MAX_FILE_BYTES = ByteSize.ofKiB(1024).bytes();

    private final Map<String, String> environment;
    private final Map<String, ConfigNode> flags;

    /** @param environment all variables of the process; those of others are ignored */
    public ConfigLoader(Map<String, String> environment) {
        this(Map.copyOf(environment), Map.of());
    }

    private ConfigLoader(Map<String, String> environment, Map<String, ConfigNode> flags) {
        this.environment = environment;
        this.flags = flags;
    }

    /**
     * A loader that also lays a flag over the environment.
     *
     * @param flag the flag as messages name it, such as {@code --log-level}
     * @param path the key it sets, such as {@code logging.level}
     * @param value the text as given
     */
    public ConfigLoader withFlag(String flag, String path, String value) {
        return with(path, new ConfigNode.Scalar(value, Origin.flag(flag)));
    }

    /**
     * The same with what no single value can say.
     *
     * @param source who says it, as messages name it
     * @param yaml with {@code path} for its only key
     * @throws ConfigException when it is no YAML
     */
    public ConfigLoader withYaml(String source, String path, String yaml) {
        List<ConfigProblem> problems = new ArrayList<>();
        ConfigNode.Mapping read = new YamlReader(source, problems).read(yaml);
        if (!problems.isEmpty()) {
            throw ConfigException.of(problems);
        }
        return with(path, Objects.requireNonNull(read.entries().get(path)).value());
    }

    private ConfigLoader with(String path, ConfigNode value) {
        Map<String, ConfigNode> more = new LinkedHashMap<>(flags);
        more.put(path, value);
        return new ConfigLoader(environment, more);
    }

    /**
     * Loads a file and what lies over it.
     *
     * @throws ConfigException when the result is invalid or the file cannot be read
     */
    public GatehouseConfig load(Path file) {
        List<ConfigProblem> problems = new ArrayList<>();
        ConfigNode.Mapping tree = new YamlReader(file.toString(), problems).read(text(file, problems));
        return bind(tree, problems);
    }

    /**
     * Loads the defaults and what lies over them, for commands that need no file.
     *
     * @throws ConfigException when the result is invalid
     */
    public GatehouseConfig loadWithoutFile() {
        return loadWithoutFile(Map.of());
    }

    /**
     * The same for a command with defaults of its own, which variables and flags override.
     *
     * @param defaults values as text by their keys, such as {@code logging.level}
     * @throws ConfigException when the result is invalid
     */
    public GatehouseConfig loadWithoutFile(Map<String, String> defaults) {
        ConfigNode.Mapping tree = ConfigNode.Mapping.empty(Origin.defaults());
        for (Map.Entry<String, String> entry : defaults.entrySet()) {
            tree = tree.with(
                    List.of(entry.getKey().split("\\.", -1)),
                    new ConfigNode.Scalar(entry.getValue(), Origin.defaults()));
        }
        return bind(tree, new ArrayList<>());
    }

    private GatehouseConfig bind(ConfigNode.Mapping file, List<ConfigProblem> problems) {
        Class<GatehouseConfig> root = GatehouseConfig.class;
        ConfigNode.Mapping tree = new EnvironmentOverlay(root, environment, problems).over(file);
        for (Map.Entry<String, ConfigNode> flag : flags.entrySet()) {
            tree = tree.with(List.of(flag.getKey().split("\\.", -1)), flag.getValue());
        }
        GatehouseConfig config = new RecordBinder(problems, new UnknownKeys(root, problems)).bind(root, tree, "");
        if (config == null || !problems.isEmpty()) {
            throw ConfigException.of(problems);
        }
        return config;
    }

    /** The text of a file of at most 1 MiB; an empty one, and a problem, where there is none. */
    static String text(Path file, List<ConfigProblem> problems) {
        String what;
        try {
            if (Files.size(file) <= MAX_FILE_BYTES) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                        .toString();
            }
            what = "the file is larger than 1 MiB";
        } catch (NoSuchFileException e) {
            what = "the file does not exist";
        } catch (CharacterCodingException e) {
            what = "the file is not UTF-8";
        } catch (IOException e) {
            what = "the file cannot be read (" + e.getClass().getSimpleName() + ")";
        }
        problems.add(new ConfigProblem(Origin.file(file.toString()), "", what, "pass a YAML file with --config"));
        return "";
    }
}
