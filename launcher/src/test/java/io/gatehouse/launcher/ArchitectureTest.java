// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The house rules that byte code shows, over all modules. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // The test kit of proxy-core is on the class path as a jar.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.gatehouse");

    /** Calls that wait, by the type that declares them. */
    private static final Map<String, Set<String>> BLOCKING = Map.of(
            "java.util.concurrent.Future", Set.of("get", "resultNow"),
            "java.util.concurrent.CompletableFuture", Set.of("get", "join"),
            "io.netty.util.concurrent.Future",
                    Set.of("get", "sync", "syncUninterruptibly", "await", "awaitUninterruptibly"),
            "io.netty.channel.ChannelFuture", Set.of("sync", "syncUninterruptibly", "await", "awaitUninterruptibly"),
            "java.lang.Thread", Set.of("sleep", "join"),
            "java.lang.Object", Set.of("wait"),
            "java.util.concurrent.CountDownLatch", Set.of("await"),
            "java.util.concurrent.BlockingQueue", Set.of("put", "take"));

    @Test
    void theModulesKnowEachOtherOnlyAlongTheArrows() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("html-rewriter")
                .definedBy("io.gatehouse.html..")
                .layer("proxy-core")
                .definedBy("io.gatehouse.proxy..")
                .layer("identity")
                .definedBy("io.gatehouse.identity..")
                .layer("discovery")
                .definedBy("io.gatehouse.discovery..")
                .layer("session-broker")
                .definedBy("io.gatehouse.session..")
                .layer("admin-api")
                .definedBy("io.gatehouse.admin..")
                .layer("launcher")
                .definedBy("io.gatehouse.launcher..")
                .whereLayer("launcher")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("html-rewriter")
                .mayOnlyBeAccessedByLayers("discovery", "launcher")
                .whereLayer("admin-api")
                .mayOnlyBeAccessedByLayers("launcher")
                .whereLayer("identity")
                .mayOnlyBeAccessedByLayers("admin-api", "launcher")
                .whereLayer("discovery")
                .mayOnlyBeAccessedByLayers("admin-api", "launcher")
                .whereLayer("session-broker")
                .mayOnlyBeAccessedByLayers("admin-api", "launcher")
                .check(CLASSES);
    }

    @Test
    void thePackagesOfProxyCoreHaveNoCycles() {
        slices().matching("io.gatehouse.proxy.(http1|log|metrics|net|exchange|server|takeover)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void theCodecKnowsNoChannelAndTheProxyNoProductLogic() {
        noClasses()
                .that()
                .resideInAPackage("io.gatehouse.proxy.http1..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.gatehouse.proxy.exchange..", "io.gatehouse.proxy.net..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.gatehouse.proxy..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "java.sql..", "com.fasterxml.jackson..", "org.yaml..")
                .check(CLASSES);
    }

    @Test
    void onlyThePackageOfClustersKnowsAKubernetesClient() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.gatehouse.discovery.kubernetes..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(CLASSES);
    }

    @Test
    void nothingOnAnEventLoopWaits() {
        noClasses()
                .that()
                .resideInAnyPackage("io.gatehouse.proxy.exchange..", "io.gatehouse.proxy.http1..")
                .or()
                .areAssignableTo("io.netty.channel.ChannelHandler")
                .or()
                .areAssignableTo("io.gatehouse.proxy.Router")
                .or()
                .areAssignableTo("io.gatehouse.proxy.BodyFilter")
                .should()
                .accessTargetWhere(DescribedPredicate.describe("waits", ArchitectureTest::waits))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "java.sql..", "javax.sql..")
                .check(CLASSES);
    }

    @Test
    void whoIsCallingIsSaidWithoutWaitingAndWithoutAChannel() {
        noClasses()
                .that()
                .resideInAPackage("io.gatehouse.identity..")
                .should()
                .accessTargetWhere(DescribedPredicate.describe("waits", ArchitectureTest::waits))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "io.fabric8..", "java.sql..", "java.nio.file..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.gatehouse.identity..")
                .and()
                .haveSimpleNameNotContaining("JdkHttpFetcher")
                .and()
                .doNotHaveSimpleName("BoundedBody")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net.http..")
                .check(CLASSES);
    }

    @Test
    void thereIsNoStateInStaticFields() {
        fields().that()
                .haveModifier(STATIC)
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage("io.gatehouse..")
                .should()
                .haveModifier(FINAL)
                .check(CLASSES);
    }

    @Test
    void nobodyWritesToStandardOutputByHand() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Main.class.getName())
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "takes standard output",
                        (JavaAccess<?> access) ->
                                access.getTargetOwner().getName().equals("java.lang.System")
                                        && Set.of("out", "err").contains(access.getName())))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(CLASSES);
    }

    private static boolean waits(JavaAccess<?> access) {
        return BLOCKING.entrySet().stream()
                .anyMatch(blocking -> access.getTargetOwner().isAssignableTo(blocking.getKey())
                        && blocking.getValue().contains(access.getName()));
    }
}
