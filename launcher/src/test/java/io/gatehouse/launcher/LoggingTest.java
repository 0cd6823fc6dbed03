// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.launcher.config.LogFormat;
import io.gatehouse.launcher.config.LogLevel;
import io.gatehouse.launcher.config.LoggingConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoggingTest {
    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Logging logging = new Logging(context, out);

    @BeforeEach
    void completeTheContext() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static LoggingConfig config(LogLevel level, LogFormat format, Map<String, LogLevel> levels) {
        return new LoggingConfig(level, format, levels);
    }

    @Test
    void jsonIsOneObjectPerLineWithKeyValues() throws IOException {
        // Given
        logging.apply(config(LogLevel.INFO, LogFormat.JSON, Map.of()));
        // When
        context.getLogger("a.B").atInfo().addKeyValue("port", 4040).log("Listening on {}.", "ui");
        context.getLogger("a.B").atError().setCause(new IOException("broken")).log("Failed.");
        // Then
        assertThat(lines()).hasSize(2);
        JsonNode first = new ObjectMapper().readTree(lines().getFirst());
        assertThat(first.path("level").asText()).isEqualTo("INFO");
        assertThat(first.path("loggerName").asText()).isEqualTo("a.B");
        assertThat(first.path("formattedMessage").asText()).isEqualTo("Listening on ui.");
        assertThat(first.path("kvpList").path(0).path("port").asText()).isEqualTo("4040");
        assertThat(lines().getLast()).contains("broken");
    }

    @Test
    void textIsForPeople() {
        // Given
        logging.apply(config(LogLevel.INFO, LogFormat.TEXT, Map.of()));
        // When
        context.getLogger("a.B").atWarn().addKeyValue("port", 4040).log("Taken.");
        // Then
        assertThat(lines()).singleElement().asString().contains("WARN ", "a.B", "Taken. port=\"4040\"");
    }

    @Test
    void aReloadChangesFormatAndLevelsWithoutLosingTheStream() {
        // Given
        logging.apply(config(LogLevel.INFO, LogFormat.JSON, Map.of("noisy", LogLevel.DEBUG)));
        // When
        logging.apply(config(LogLevel.WARN, LogFormat.TEXT, Map.of("quiet", LogLevel.ERROR)));
        context.getLogger("noisy").info("not written");
        context.getLogger("quiet").warn("not written");
        context.getLogger("other").warn("written");
        // Then
        assertThat(lines()).singleElement().asString().endsWith("written ");
        assertThat(logging.levels().levels()).isEqualTo(Map.of("ROOT", LogLevel.WARN, "quiet", LogLevel.ERROR));
    }

    @Test
    void aLevelChangesWhileTheServerRunsUntilTheNextReload() {
        // Given
        LoggingConfig config = config(LogLevel.INFO, LogFormat.TEXT, Map.of());
        logging.apply(config);
        // When
        logging.levels().set("a", LogLevel.DEBUG);
        context.getLogger("a.B").debug("written");
        logging.levels().set("a", null);
        context.getLogger("a.B").debug("not written");
        logging.levels().set("a", LogLevel.DEBUG);
        logging.apply(config);
        context.getLogger("a.B").debug("not written");
        // Then
        assertThat(lines()).hasSize(1);
    }

    @Test
    void lateFramesOfHttp2AreNotToldOfUnlessTheLevelIsAskedFor() {
        // Given
        String name = "io.netty.handler.codec.http2";
        Runnable late = () -> context.getLogger(name + ".DefaultHttp2ConnectionDecoder")
                .info("ignoring DATA frame for stream RST_STREAM sent.");
        // When
        logging.apply(config(LogLevel.INFO, LogFormat.TEXT, Map.of()));
        late.run();
        // Then
        assertThat(lines()).isEmpty();
        context.getLogger(name).warn("written");
        assertThat(lines()).hasSize(1);
        // And: whoever wants them gets them
        logging.apply(config(LogLevel.DEBUG, LogFormat.TEXT, Map.of()));
        late.run();
        logging.apply(config(LogLevel.INFO, LogFormat.TEXT, Map.of(name, LogLevel.INFO)));
        late.run();
        assertThat(lines()).hasSize(3);
        // And: nothing is made louder
        logging.apply(config(LogLevel.ERROR, LogFormat.TEXT, Map.of()));
        context.getLogger(name).warn("not written");
        assertThat(lines()).hasSize(3);
    }

    @Test
    void theRootKeepsALevel() {
        assertThatThrownBy(() -> logging.levels().set("ROOT", null)).isInstanceOf(IllegalArgumentException.class);
    }
}
