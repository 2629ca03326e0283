// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The distribution of a Keycloak server, unpacked once into the user's cache folder. */
final class KeycloakDistribution {

  /** System property with the path of {@code keycloak-quarkus-dist-<version>.zip}. */
  static final String PROPERTY = "keycloak.distribution";

  /** What a server writes into while it is built: everything else is shared by symbolic link. */
  private static final List<String> OWN =
      List.of("bin", "conf", "lib/app", "lib/quarkus", "lib/quarkus-run.jar");

  private final Path unpacked;

  private KeycloakDistribution(Path unpacked) {
    this.unpacked = unpacked;
  }

  /** The distribution that the system property names. */
  static KeycloakDistribution configured() {
    String zip = System.getProperty(PROPERTY);
    if (zip == null || !Files.isRegularFile(Path.of(zip))) {
      throw new IllegalStateException(
          "System property %s does not name the distribution's zip: %s".formatted(PROPERTY, zip));
    }
    return unpack(Path.of(zip));
  }

  /** Whether an earlier call has unpacked the configured distribution already. */
  static boolean cached() {
    String zip = System.getProperty(PROPERTY);
    return zip != null && Files.isDirectory(cache().resolve(name(Path.of(zip))));
  }

  /** Makes the home folder of one server. */
  void createHome(Path home) {
    try {
      for (String part : OWN) {
        copy(unpacked.resolve(part), home.resolve(part));
      }
      Files.createSymbolicLink(home.resolve("lib/lib"), unpacked.resolve("lib/lib"));
      Files.createDirectories(home.resolve("providers"));
      Files.createDirectories(home.resolve("data/import"));
    } catch (IOException e) {
      throw new UncheckedIOException("No server folder at " + home, e);
    }
  }

  private static KeycloakDistribution unpack(Path zip) {
    Path target = cache().resolve(name(zip));
    try {
      if (!Files.isDirectory(target)) {
        Files.createDirectories(cache());
        Path scratch = Files.createTempDirectory(cache(), "unpacking");
        Path root = extract(zip, scratch);
        try {
          Files.move(root, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
          if (!Files.isDirectory(target)) {
            throw e;
          }
          // Another process was faster; its copy is as good.
        }
        delete(scratch);
      }
      return new KeycloakDistribution(target);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack " + zip, e);
    }
  }

  /** Unpacks and returns the one folder at the top. */
  private static Path extract(Path zip, Path into) throws IOException {
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream entries = new ZipInputStream(file)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
          throw new IOException("Entry outside of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(entries, path);
          if (path.toString().endsWith(".sh") && !path.toFile().setExecutable(true)) {
            throw new IOException("Cannot make executable: " + path);
          }
        }
      }
    }
    try (Stream<Path> top = Files.list(into)) {
      return top.findFirst().orElseThrow(() -> new IOException("Empty archive: " + zip));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        Files.createDirectories(target.getParent());
        if (!Files.isDirectory(target)) {
          Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /** Deletes a folder with all it holds, but nothing behind a symbolic link. */
  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path zip) {
    return zip.getFileName().toString().replaceFirst("\\.zip$", "");
  }

  private static Path cache() {
    return Path.of(System.getProperty("user.home"), ".cache", "keycloak-access-tier");
  }
}
