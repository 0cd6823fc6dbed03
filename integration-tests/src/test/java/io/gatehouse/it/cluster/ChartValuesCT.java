// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.gatehouse.it.Repository;
import io.gatehouse.launcher.config.ConfigImport;
import io.gatehouse.launcher.config.ConfigLoader;
import io.gatehouse.launcher.config.ConfiguredFiles;
import io.gatehouse.launcher.config.DrainConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.TlsProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What Helm makes of the values of {@code charts/gatehouse}, and which it refuses. */
@ClusterTest
@TestInstance(Lifecycle.PER_CLASS)
class ChartValuesCT {
    private static final String MOUNTS = "/etc/gatehouse/";

    private Helm helm;
    private Path folder;

    @BeforeAll
    void find(@TempDir Path own, Cluster cluster) throws Exception {
        folder = own;
        helm = Helm.of(cluster, own);
    }

    @ParameterizedTest
    @MethodSource(Helm.VALUES)
    void lintFindsNothing(Path values) {
        helm.run("lint", "--strict", Helm.CHART, "--values", values.toString());
    }

    @Test
    void lintFindsNothingInTheDefaults() {
        helm.run("lint", "--strict", Helm.CHART);
    }

    @ParameterizedTest
    @MethodSource(Helm.VALUES)
    void gatehouseTakesTheConfiguration(Path values) throws Exception {
        // Given: what the mounted Secrets hold
        TestPki pki = new TestPki();
        Path mounts = Files.createTempDirectory(folder, "mounts");
        TestPki.files(Files.createDirectories(mounts.resolve("tls")), "tls", pki.issue("spark.example.com"));
        Files.createDirectory(mounts.resolve("history"));
        Files.writeString(mounts.resolve("history/ca.crt"), pki.ca().getCertificatePEM());
        Files.writeString(mounts.resolve("history/authorization"), "Basic c3Bhcms6c3Bhcms=");
        Manifests manifests = helm.template("spark", "--values", values.toString());
        Path file = Files.writeString(
                mounts.resolve("gatehouse.yaml"), manifests.configuration().replace(MOUNTS, mounts + "/"));
        Map<String, String> environment =
                manifests.container().getEnv().stream().collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));

        // When / Then: as "gatehouse validate" does, which throws what it finds
        GatehouseConfig config = new ConfigLoader(environment).load(file);
        ConfiguredFiles.load(config, TlsProvider.best()).tls().close();
        assertThat(manifests.container().getPorts())
                .extracting(port -> port.getName() + " " + port.getContainerPort())
                .containsExactlyElementsOf(ports(config));
        assertThat(manifests.pod().getSpec().getTerminationGracePeriodSeconds())
                .isGreaterThan(drainSeconds(config.drain()));
        String scheme = config.management().tls() == null ? null : "HTTPS";
        assertThat(Stream.of(
                                manifests.container().getStartupProbe(),
                                manifests.container().getLivenessProbe(),
                                manifests.container().getReadinessProbe())
                        .map(probe -> probe.getHttpGet().getScheme()))
                .containsOnly(scheme);
    }

    /** The door for Spark Connect is open where there are pools. */
    private static List<String> ports(GatehouseConfig config) {
        List<String> ports = new ArrayList<>(List.of("ui " + config.ui().port()));
        if (!config.pools().isEmpty()) {
            ports.add("connect " + config.connect().port());
        }
        ports.add("management " + config.management().port());
        return ports;
    }

    private static long drainSeconds(DrainConfig drain) {
        return drain.delay().plus(drain.timeout()).plusMillis(999).toSeconds();
    }

    @ParameterizedTest
    @MethodSource(Helm.VALUES)
    void whatPodsReadAndWhereTheyAreReachedFitsTogether(Path values) {
        // When
        Manifests manifests = helm.template("spark", "--values", values.toString());
        Container container = manifests.container();

        // Then: the file is the ConfigMap's, in a folder, since a subPath would never change
        VolumeMount mount = container.getVolumeMounts().getFirst();
        assertThat(container.getArgs()).containsExactly("serve", "--config", mount.getMountPath() + "/gatehouse.yaml");
        assertThat(container.getVolumeMounts())
                .extracting(VolumeMount::getSubPath)
                .containsOnlyNulls();
        assertThat(manifests
                        .pod()
                        .getSpec()
                        .getVolumes()
                        .getFirst()
                        .getConfigMap()
                        .getName())
                .isEqualTo(manifests.one(ConfigMap.class).getMetadata().getName());
        // And: nothing but /tmp can be written
        assertThat(container.getVolumeMounts())
                .filteredOn(volume -> !Boolean.TRUE.equals(volume.getReadOnly()))
                .extracting(VolumeMount::getMountPath)
                .containsExactly("/tmp");
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        // And: whatever the Service's port is, it leads to the door
        Service service = manifests.one(Service.class);
        assertThat(service.getSpec().getPorts())
                .extracting(ServicePort::getTargetPort)
                .containsExactlyElementsOf(container.getPorts().stream()
                        .map(ContainerPort::getName)
                        .filter(name -> !name.equals("management"))
                        .map(IntOrString::new)
                        .toList());
        assertThat(manifests.pod().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
        assertThat(manifests.of(Ingress.class))
                .flatExtracting(ingress -> ingress.getSpec().getRules())
                .flatExtracting(rule -> rule.getHttp().getPaths())
                .extracting(path -> path.getBackend().getService())
                .allSatisfy(backend -> {
                    assertThat(backend.getName())
                            .isEqualTo(service.getMetadata().getName());
                    assertThat(backend.getPort().getName()).isEqualTo("ui");
                });
    }

    @Test
    void thePagesExamplesAreValues() throws Exception {
        // Given
        String page = Files.readString(Repository.root().resolve("docs/helm.md"));
        List<String> examples = Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(page)
                .results()
                .map(example -> example.group(1))
                .toList();
        assertThat(examples).hasSizeGreaterThan(2);

        // When / Then
        for (String example : examples) {
            Path file = Files.writeString(folder.resolve("example.yaml"), example);
            helm.template("spark", "--values", file.toString(), "--set", Helm.IMAGE);
        }
    }

    @ParameterizedTest
    @MethodSource(Helm.VALUES)
    void everythingCarriesTheUsualLabelsAndNamesThatAreShortEnough(Path values) {
        Manifests manifests = helm.template("spark", "--values", values.toString());
        assertThat(manifests.all()).allSatisfy(manifest -> {
            assertThat(manifest.getMetadata().getLabels())
                    .containsEntry("app.kubernetes.io/instance", "door")
                    .containsEntry("app.kubernetes.io/managed-by", "Helm")
                    .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/version", "helm.sh/chart")
                    .allSatisfy((key, value) -> assertThat(value).hasSizeBetween(1, 63));
        });
        assertThat(manifests.pod().getMetadata().getLabels())
                .containsEntry("app.kubernetes.io/component", "doors")
                .as("a new version of the chart alone rolls no pods")
                .doesNotContainKeys("app.kubernetes.io/version", "helm.sh/chart");
    }

    @Test
    void longNamesAreCutAndStayNames() {
        // Given
        String name = "n".repeat(60);
        // When
        Manifests manifests = helm.template(
                "spark", "--set", Helm.IMAGE + ",fullnameOverride=" + name + ".-.-x,nameOverride=" + name + "-._x");
        // Then
        assertThat(manifests.all()).extracting(HasMetadata::getMetadata).allSatisfy(meta -> {
            assertThat(meta.getName()).isIn(name, "spark." + name);
            assertThat(meta.getLabels()).containsEntry("app.kubernetes.io/name", name);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replica=2                                     | additional properties 'replica' not allowed
            image.name=x                                  | additional properties 'name' not allowed
            config.ui.prot=4040                           | additional properties 'prot' not allowed
            config.discovery.historyServer.uri=x          | additional properties 'uri' not allowed
            config.discovery.historyServer.name=x         | missing property 'url'
            config.drain.delay=5                          | got number, want string
            config.drain.delay=soon                       | does not match pattern
            config.ui.kill=all                            | value must be one of 'everybody', 'owners', 'nobody'
            service.port=http                             | got string, want integer
            service.port=70000                            | maximum
            ingress.enabled=yes                           | got string, want boolean
            image.digest=latest                           | does not match pattern
            ingress.enabled=true                          | ingress.hosts: name one host at least
            serviceAccount.create=false                   | serviceAccount.name: name the account that is there
            terminationGracePeriodSeconds=20              | is shorter than config.drain.delay (5s) and timeout (30s)
            image.repository=                             | image.repository: name the image that you built
            config.management.tls.clientAuth=required,config.management.tls.certFile=/c,config.management.tls.keyFile=/k \
            | the kubelet's probes show no certificate
            management.tokenSecret=a,config.management.tokenFile=/b | leave one of them out
            config.discovery.cluster.name=a,config.discovery.clusters[0].name=b | write all of them there
            """)
    void helmSaysWhatIsWrongWithAValue(String values, String message) {
        // When
        Helm.Result result = helm.tryRun(List.of("template", "door", Helm.CHART, "--set", Helm.IMAGE, "--set", values));
        // Then
        assertThat(result.code()).isNotZero();
        assertThat(result.err()).contains(message);
    }

    @Test
    void theGracePeriodIsThatOfTheDrainAndFiveSeconds() {
        assertThat(gracePeriod("config.threads=1")).isEqualTo(drainSeconds(new DrainConfig(null, null)) + 5);
        assertThat(gracePeriod("config.drain.delay=1500ms,config.drain.timeout=2m"))
                .isEqualTo(2 + 120 + 5);
        assertThat(gracePeriod("config.drain.timeout=1h")).isEqualTo(5 + 3600 + 5);
        assertThat(gracePeriod("terminationGracePeriodSeconds=300")).isEqualTo(300);
    }

    private long gracePeriod(String values) {
        return helm.template("spark", "--set", Helm.IMAGE, "--set", values)
                .pod()
                .getSpec()
                .getTerminationGracePeriodSeconds();
    }

    @Test
    void whatImportConfigMakesOfTheOldChartsValuesBelongsBelowConfig() throws Exception {
        // Given
        Path old = Files.writeString(folder.resolve("old-values.yaml"), """
                replicaCount: 1
                configuration:
                  spark: {history: {service: history}, jobNamespaces: [etl, notebooks]}
                  security: {headers: {X-XSS-Protection: 0}, cors: {allowedOrigins: ["https://portal.example.com"]}}
                """);
        String imported = ConfigImport.convert(ConfigImport.Product.SPARK_WEB_PROXY, old);

        // When
        Path values = Files.writeString(folder.resolve("new-values.yaml"), "config:\n" + imported.indent(2));
        Manifests manifests = helm.template("spark", "--values", values.toString(), "--set", Helm.IMAGE);

        // Then
        assertThat(manifests.of(Role.class))
                .extracting(role -> role.getMetadata().getNamespace())
                .containsExactly("etl", "notebooks");
        GatehouseConfig rendered = load("rendered.yaml", manifests.configuration());
        GatehouseConfig meant = load("imported.yaml", imported);
        assertThat(rendered.ui()).isEqualTo(meant.ui());
        assertThat(rendered.discovery()).isEqualTo(meant.discovery());
        assertThat(rendered.logging()).isEqualTo(meant.logging());
    }

    private GatehouseConfig load(String name, String yaml) throws IOException {
        return new ConfigLoader(Map.of()).load(Files.writeString(folder.resolve(name), yaml));
    }
}
