// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.keycloak.storage.jpa.JpaUserFederatedStorageProvider;
import org.keycloak.storage.jpa.JpaUserFederatedStorageProviderFactory;

/** Keeps what each package may use; the table is explained in CONTRIBUTING.md. */
@AnalyzeClasses(
    packagesOf = PackageArrowsTest.class,
    importOptions = ImportOption.DoNotIncludeTests.class)
class PackageArrowsTest {

  private static final String BASE = "dev.accesstier.keycloak.";

  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("tier", Set.of()),
          Map.entry("credential", Set.of()),
          Map.entry("schema", Set.of("tier")),
          Map.entry("storage", Set.of("schema", "credential", "tier")),
          Map.entry("claim", Set.of("tier")),
          Map.entry("gate", Set.of("tier")),
          Map.entry("profile", Set.of("tier")),
          Map.entry("login", Set.of("schema", "credential")),
          Map.entry("link", Set.of("schema", "tier")),
          Map.entry("audit", Set.of("tier", "schema")),
          Map.entry("provider", Set.of("claim", "gate", "link", "login", "profile", "storage")),
          Map.entry(
              "rest", Set.of("tier", "audit", "schema", "storage", "login", "gate", "provider")));

  @ArchTest
  static void everyPackageUsesOnlyWhatItMay(JavaClasses all) {
    MAY_USE.forEach(
        (room, allowed) -> {
          Set<String> forbidden = new TreeSet<>(MAY_USE.keySet());
          forbidden.remove(room);
          forbidden.removeAll(allowed);
          noClasses()
              .that()
              .resideInAPackage(BASE + room)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(forbidden.stream().map(BASE::concat).toArray(String[]::new))
              .allowEmptyShould(true)
              .check(all);
        });
  }

  @ArchTest
  static final ArchRule everyClassLivesInAKnownPackage =
      classes()
          .should()
          .resideInAnyPackage(MAY_USE.keySet().stream().map(BASE::concat).toArray(String[]::new));

  @ArchTest
  static final ArchRule noCycles = slices().matching(BASE + "(*)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule credentialKnowsNeitherKeycloakNorDatabase =
      noClasses()
          .that()
          .resideInAPackage(BASE + "credential")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.keycloak..", "jakarta.persistence..", "java.sql..");

  @ArchTest
  static final ArchRule sqlStaysInSchemaAndStorage =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              Stream.of("schema", "storage", "audit").map(BASE::concat).toArray(String[]::new))
          // Keycloak's own class takes an entity manager, which is handed on to it.
          .and()
          .areNotAssignableTo(JpaUserFederatedStorageProvider.class)
          .and()
          .areNotAssignableTo(JpaUserFederatedStorageProviderFactory.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.persistence..", "java.sql..", "org.hibernate..");
}
