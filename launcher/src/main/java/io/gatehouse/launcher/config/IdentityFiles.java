// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.identity.Identity;
import io.gatehouse.identity.IdentityFileException;
import io.gatehouse.identity.IdentitySettings;
import io.gatehouse.identity.OidcSettings;
import io.gatehouse.identity.SkipValidation;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in, as the configuration and its files say: makes the {@link Identity}, and keeps it up with files that change. Everything
 * here blocks on files, and none of it tells what a file holds.
 */
public final class IdentityFiles {
    /** Of a file; a hundred thousand users have room in it. */
    private static final long LARGEST = 16 << 20;

    private static final String OIDC = "identity.oidc.";
    private static final String REMEDY = "see docs/identity.md for what it holds";

    private final IdentityConfig config;
    /** In memory, because whoever asks for it is no thread that may wait for a disk. */
    private volatile @Nullable String clientSecret;

    private @Nullable String users;
    private @Nullable String apiKeys;

    private IdentityFiles(IdentityConfig config) {
        this.config = config;
    }

    /**
     * Reads the files for the first time, and makes the identity of them. The caller closes it.
     *
     * @throws ConfigException when a file cannot be used
     */
    public static Opened open(IdentityConfig config, InstantSource clock, LongSupplier nanoTime) {
        IdentityFiles files = new IdentityFiles(config);
        files.clientSecret = files.secret();
        files.users = read("identity.usersFile", config.usersFile());
        files.apiKeys = read("identity.apiKeysFile", config.apiKeysFile());
        try {
            return new Opened(Identity.open(files.settings(), clock, nanoTime), files);
        } catch (IdentityFileException e) {
            throw invalid(config.usersFile(), "identity.usersFile or identity.apiKeysFile", message(e));
        } catch (IllegalArgumentException e) {
            OidcConfig oidc = config.oidc();
            throw invalid(oidc == null ? null : oidc.caFile(), OIDC + "caFile", message(e));
        }
    }

    /**
     * Whether the files could be used; nobody is asked for anything over the network.
     *
     * @throws ConfigException when one of them cannot be used
     */
    public static void check(IdentityConfig config) {
        OidcConfig oidc = config.oidc();
        new IdentityFiles(config).secret();
        if (oidc != null) {
            read(OIDC + "caFile", oidc.caFile());
        }
        if (config.usersFile() != null || config.apiKeysFile() != null) {
            IdentityConfig ofFiles = new IdentityConfig(null, config.usersFile(), config.apiKeysFile(), false, false);
            open(ofFiles, InstantSource.system(), System::nanoTime).identity().close();
        }
    }

    /** An identity, and what keeps it up with its files. */
    public record Opened(Identity identity, IdentityFiles files) {}

    /**
     * Reads the files again; see {@link ReloadTarget#readFiles}.
     *
     * @throws ConfigException when one of them cannot be used; all of what is in force stays then
     */
    public synchronized ReloadedFiles readAgain(Identity identity) {
        String newSecret = secret();
        String newUsers = read("identity.usersFile", config.usersFile());
        String newKeys = read("identity.apiKeysFile", config.apiKeysFile());
        List<String> keys = new ArrayList<>();
        if (!Objects.equals(newSecret, clientSecret)) {
            keys.add(OIDC + "clientSecretFile");
        }
        if (!Objects.equals(newUsers, users)) {
            keys.add("identity.usersFile");
        }
        if (!Objects.equals(newKeys, apiKeys)) {
            keys.add("identity.apiKeysFile");
        }
        Runnable discard = () -> {};
        if (keys.isEmpty()) {
            return ReloadedFiles.NONE;
        }
        Runnable ready;
        try {
            ready = identity.prepare(newUsers, newKeys);
        } catch (IdentityFileException e) {
            throw invalid(config.usersFile(), String.join(" or ", keys), message(e));
        }
        return new ReloadedFiles(
                keys,
                () -> {
                    synchronized (this) {
                        clientSecret = newSecret;
                        users = newUsers;
                        apiKeys = newKeys;
                        ready.run();
                    }
                },
                discard);
    }

    private IdentitySettings settings() {
        OidcConfig oidc = config.oidc();
        boolean skip = config.skipValidation() || config.knowsNobody();
        SkipValidation trust = config.skipValidationForOtherMachines()
                ? SkipValidation.FROM_ANYWHERE_WITHOUT_ANY_PROOF
                : SkipValidation.FROM_LOOPBACK_ONLY;
        return new IdentitySettings(oidc == null ? null : oidc(oidc), users, apiKeys, skip ? trust : null);
    }

    private OidcSettings oidc(OidcConfig oidc) {
        return new OidcSettings(
                URI.create(oidc.issuer()),
                oidc.clientId(),
                oidc.clientSecretFile() == null ? null : () -> Objects.requireNonNullElse(clientSecret, ""),
                oidc.passwordGrant(),
                OidcSettings.DEFAULT_SCOPES,
                Set.copyOf(oidc.audiences()),
                oidc.userClaim(),
                oidc.groupsClaim(),
                oidc.clockSkew(),
                read(OIDC + "caFile", oidc.caFile()));
    }

    private @Nullable String secret() {
        OidcConfig oidc = config.oidc();
        String text = oidc == null ? null : read(OIDC + "clientSecretFile", oidc.clientSecretFile());
        return text == null ? null : text.strip();
    }

    private static @Nullable String read(String key, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw invalid(file, key, "the file is larger than 16 MiB");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw invalid(file, key, "the file cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static String message(Exception e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }

    private static ConfigException invalid(@Nullable Path file, String key, String what) {
        return ConfigException.of(List.of(new ConfigProblem(
                Origin.file(file == null ? "the configuration" : file.toString()), key, what, REMEDY)));
    }

    /** Every file that is read here. */
    public static List<Path> files(IdentityConfig config) {
        OidcConfig oidc = config.oidc();
        List<Path> files = new ArrayList<>();
        Stream.of(config.usersFile(), config.apiKeysFile())
                .flatMap(Stream::ofNullable)
                .forEach(files::add);
        if (oidc != null) {
            Stream.of(oidc.clientSecretFile(), oidc.caFile())
                    .flatMap(Stream::ofNullable)
                    .forEach(files::add);
        }
        return files;
    }
}
