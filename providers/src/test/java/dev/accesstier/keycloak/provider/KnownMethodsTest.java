// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.link.LinkedFederatedStorageFactory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method of Keycloak's that a class of ours could have to override has been looked at. A new
 * one that reads rows past what we override would lose them in silence: look at it, override it
 * where it is needed, and add it to the list.
 */
class KnownMethodsTest {

  private static final String LIST = "/keycloak/known-methods.txt";

  static Stream<Class<?>> looked() throws ClassNotFoundException {
    ClassLoader loader = LinkedFederatedStorageFactory.class.getClassLoader();
    Stream.Builder<Class<?>> classes = Stream.builder();
    for (String name :
        List.of(
            "org.keycloak.credential.UserCredentialStore",
            "org.keycloak.storage.federated.UserFederatedUserCredentialStore",
            "org.keycloak.storage.federated.UserBrokerLinkFederatedStorage",
            "org.keycloak.storage.jpa.JpaUserFederatedStorageProvider",
            "org.keycloak.credential.CredentialProvider",
            "org.keycloak.credential.OTPCredentialProvider",
            "org.keycloak.credential.WebAuthnCredentialProvider",
            "org.keycloak.credential.WebAuthnPasswordlessCredentialProvider",
            "org.keycloak.authentication.Authenticator",
            "org.keycloak.authentication.authenticators.browser.UsernameForm",
            "org.keycloak.protocol.oidc.TokenIntrospectionProvider",
            "org.keycloak.userprofile.UserProfileProvider",
            "org.keycloak.userprofile.UserProfile")) {
      classes.add(Class.forName(name, false, loader));
    }
    return classes.build();
  }

  @ParameterizedTest
  @MethodSource("looked")
  void everyMethodHasBeenLookedAt(Class<?> keycloaks) throws IOException {
    assertThat(methods(keycloaks)).isSubsetOf(known());
  }

  private static List<String> methods(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> !method.isSynthetic() && !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !Modifier.isPrivate(method.getModifiers()))
        .map(KnownMethodsTest::signature)
        .sorted()
        .toList();
  }

  private static String signature(Method method) {
    return method.getDeclaringClass().getSimpleName()
        + '.'
        + method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(", ", "(", ")"));
  }

  private static Set<String> known() throws IOException {
    try (InputStream file = KnownMethodsTest.class.getResourceAsStream(LIST)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .collect(Collectors.toSet());
    }
  }
}
