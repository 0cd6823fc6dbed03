// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.admin.AdminActions;
import io.gatehouse.admin.Problems;
import io.gatehouse.launcher.LogLevels;
import io.gatehouse.launcher.config.LogLevel;
import io.gatehouse.launcher.config.ReloadResult;
import io.gatehouse.launcher.config.Reloader;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.net.DrainState;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the admin calls of the management listener do. */
final class ReloadActions implements AdminActions {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadActions.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final @Nullable Reloader reloader;
    private final LogLevels levels;
    private final DrainState drainState;

    /** {@code reloader}: null where there is no file to load again. */
    ReloadActions(@Nullable Reloader reloader, LogLevels levels, DrainState drainState) {
        this.reloader = reloader;
        this.levels = levels;
        this.drainState = drainState;
    }

    @Override
    public LocalResponse drain(boolean wanted) {
        drainState.request(wanted);
        LOG.atInfo().addKeyValue("draining", wanted).log("drain asked for by an admin call");
        ObjectNode answer = JSON.createObjectNode();
        answer.put("draining", drainState.isDraining());
        answer.put("inFlight", drainState.exchangesInFlight());
        return LocalResponse.json(200, answer + "\n");
    }

    @Override
    public LocalResponse reload() {
        if (reloader == null) {
            return Problems.problem(409, "This server was started without a configuration file.");
        }
        ReloadResult result = reloader.reload();
        if (result.outcome() == ReloadResult.Outcome.FAILED) {
            return Problems.problem(422, "The configuration is invalid; the old one stays in force.", result.errors());
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.put("result", result.outcome().name().toLowerCase(Locale.ROOT));
        result.applied().forEach(answer.putArray("applied")::add);
        result.refused().forEach(answer.putArray("refused")::add);
        return LocalResponse.json(200, answer + "\n");
    }

    @Override
    public LocalResponse logLevels() {
        ObjectNode answer = JSON.createObjectNode();
        levels.levels()
                .forEach((logger, level) -> answer.put(logger, level.name().toLowerCase(Locale.ROOT)));
        return LocalResponse.json(200, answer + "\n");
    }

    @Override
    public LocalResponse setLogLevel(byte[] json) {
        try {
            JsonNode request = JSON.readTree(json);
            JsonNode level = request.path("level");
            if (!request.path("logger").isTextual() || !(level.isTextual() || level.isNull())) {
                return Problems.problem(
                        400, "Send {\"logger\": \"io.gatehouse\", \"level\": \"debug\"}; a null level is inherited.");
            }
            levels.set(
                    request.path("logger").textValue(),
                    level.isNull() ? null : LogLevel.valueOf(level.textValue().toUpperCase(Locale.ROOT)));
            return logLevels();
        } catch (IOException notJson) {
            return Problems.problem(400, "The body is not JSON.");
        } catch (IllegalArgumentException unknown) {
            return Problems.problem(
                    422,
                    "The logger or its level is not known.",
                    List.of("levels are trace, debug, info, warn, error and off"));
        }
    }
}
