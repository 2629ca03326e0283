// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The JAR of somebody else, whose one-time passwords are Keycloak's own and come before ours. */
final class OtherExtension {

  static final String CLASS = "other.OtherOtpFactory";

  private static final String SOURCE =
      """
      package other;

      public class OtherOtpFactory extends org.keycloak.credential.OTPCredentialProviderFactory {
        @Override
        public int order() {
          return 200;
        }
      }
      """;

  private OtherExtension() {}

  static Path build() {
    try {
      Path folder = Files.createDirectories(TestServer.folder("other-extension"));
      Path source = Files.writeString(folder.resolve("OtherOtpFactory.java"), SOURCE);
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  null,
                  null,
                  "--release",
                  "17",
                  "-proc:none",
                  "-d",
                  folder.toString(),
                  "-classpath",
                  keycloak(),
                  source.toString());
      if (result != 0) {
        throw new AssertionError("the compiler ended with " + result);
      }
      Path jar = folder.resolve("other-extension.jar");
      try (OutputStream file = Files.newOutputStream(jar);
          JarOutputStream entries = new JarOutputStream(file)) {
        String compiled = CLASS.replace('.', '/') + ".class";
        add(entries, compiled, Files.readAllBytes(folder.resolve(compiled)));
        add(
            entries,
            "META-INF/services/org.keycloak.credential.CredentialProviderFactory",
            CLASS.getBytes(UTF_8));
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(content);
    jar.closeEntry();
  }

  private static String keycloak() throws IOException {
    try (Stream<Path> libraries =
        Files.list(TestServer.shared().keycloak().home().resolve("lib/lib/main"))) {
      return libraries
          .map(Path::toString)
          .filter(name -> name.contains("org.keycloak."))
          .collect(Collectors.joining(File.pathSeparator));
    }
  }
}
