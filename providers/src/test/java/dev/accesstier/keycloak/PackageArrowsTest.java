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
import java.util.Collection;
import java.util.List;
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

  /** From the top of the house down: a package may use those below it. */
  private static final List<String> FLOORS =
      List.of(
          "rest.own",
          "rest.legacy",
          "rest.console",
          "rest.admin",
          "rest",
          "provider",
          "gate",
          "claim",
          "login",
          "link",
          "jwks",
          "application",
          "settings",
          "matrix",
          "personal",
          "profile",
          "storage",
          "watch",
          "audit",
          "token",
          "people",
          "change",
          "password",
          "factor",
          "component",
          "schema",
          "database",
          "outage",
          "credential",
          "tier");

  /** Features do not know each other. */
  private static final Set<String> FEATURES =
      Set.of(
          "gate", "claim", "login", "link", "jwks", "application", "profile", "audit", "storage");

  @ArchTest
  static void arrowsPointDownwards(JavaClasses all) {
    for (int i = 1; i < FLOORS.size(); i++) {
      forbid(all, FLOORS.get(i), FLOORS.subList(0, i));
    }
  }

  @ArchTest
  static void featuresDoNotKnowEachOther(JavaClasses all) {
    for (String feature : FEATURES) {
      Set<String> others = new TreeSet<>(FEATURES);
      others.remove(feature);
      forbid(all, feature, others);
    }
  }

  private static void forbid(JavaClasses all, String room, Collection<String> others) {
    noClasses()
        .that()
        .resideInAPackage(BASE + room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others.stream().map(BASE::concat).toArray(String[]::new))
        .check(all);
  }

  @ArchTest
  static final ArchRule everyClassLivesInAKnownPackage =
      classes()
          .should()
          .resideInAnyPackage(FLOORS.stream().map(BASE::concat).toArray(String[]::new));

  @ArchTest
  static final ArchRule noCycles = slices().matching(BASE + "(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule tierKnowsNoHttpAndNoPages =
      noClasses()
          .that()
          .resideInAPackage(BASE + "tier")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "jakarta.ws..", "org.keycloak.forms..", "org.keycloak.services..", "java.sql..");

  @ArchTest
  static final ArchRule credentialKnowsNeitherKeycloakNorDatabase =
      noClasses()
          .that()
          .resideInAPackage(BASE + "credential")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.keycloak..", "jakarta.persistence..", "java.sql..");

  @ArchTest
  static final ArchRule statementsStayWithTheTables =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              Stream.of("database", "schema", "factor", "password", "people", "storage", "audit")
                  .map(BASE::concat)
                  .toArray(String[]::new))
          // Keycloak's own class takes an entity manager, which is handed on to it.
          .and()
          .areNotAssignableTo(JpaUserFederatedStorageProvider.class)
          .and()
          .areNotAssignableTo(JpaUserFederatedStorageProviderFactory.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.persistence..", "java.sql..", "org.hibernate..");
}
