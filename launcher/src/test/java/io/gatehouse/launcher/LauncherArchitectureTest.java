// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

class LauncherArchitectureTest {
    private static final List<String> MAIN_ONLY = List.of("getenv", "exit", "halt", "getProperty", "setOut", "setErr");

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.gatehouse.launcher");

    @Test
    void onlyMainReadsTheEnvironmentOrExits() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Main.class.getName())
                .should()
                .accessTargetWhere(describe(
                        "reads the environment or exits",
                        (JavaAccess<?> access) -> List.of("java.lang.System", "java.lang.Runtime")
                                        .contains(access.getTargetOwner().getName())
                                && MAIN_ONLY.contains(access.getTarget().getName())))
                .check(classes);
    }

    @Test
    void theConfigurationKnowsNeitherCommandLineNorServer() {
        noClasses()
                .that()
                .resideInAPackage("io.gatehouse.launcher.config")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.gatehouse.launcher", "io.gatehouse.launcher.cli", "picocli..", "io.netty..")
                .check(classes);
    }
}
