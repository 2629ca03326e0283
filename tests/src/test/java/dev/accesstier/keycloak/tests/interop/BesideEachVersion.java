// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import dev.accesstier.keycloak.tests.support.Needs;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Marks a test that runs once with each version of Better Auth; it takes a {@link SideBySide}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Needs(Needs.Tool.NODE)
@ExtendWith(NodeModules.class)
@ParameterizedTest(name = "{0}")
@ArgumentsSource(BesideEachVersion.Versions.class)
@interface BesideEachVersion {

  final class Versions implements ArgumentsProvider {

    @Override
    public Stream<Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      return Arrays.stream(BetterAuth.values()).map(SideBySide::with).map(Arguments::of);
    }
  }
}
