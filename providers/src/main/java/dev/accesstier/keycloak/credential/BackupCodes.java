// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The codes a user may sign in with once each, when the authenticator app is not at hand. Better
 * Auth keeps those that are left as a JSON array of strings, encrypted; they are compared as they
 * stand, case and hyphen included.
 */
public final class BackupCodes {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHABET =
      "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final int AMOUNT = 10;
  private static final int HALF = 5;

  private final List<String> codes;

  private BackupCodes(List<String> codes) {
    this.codes = List.copyOf(codes);
  }

  /** Ten new ones, {@code XXXXX-XXXXX}. */
  public static BackupCodes generate() {
    return new BackupCodes(
        Stream.generate(() -> letters() + "-" + letters()).limit(AMOUNT).toList());
  }

  /**
   * Reads the decrypted column.
   *
   * @throws UnreadableSecretException when it is no JSON array of strings
   */
  public static BackupCodes parse(String json) {
    JsonNode array;
    try {
      array = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      // Not as the cause: its message would quote the codes.
      throw new UnreadableSecretException("is no JSON");
    }
    List<JsonNode> codes = new ArrayList<>();
    array.forEach(codes::add);
    if (!array.isArray() || !codes.stream().allMatch(JsonNode::isTextual)) {
      throw new UnreadableSecretException("is no JSON array of strings");
    }
    return new BackupCodes(codes.stream().map(JsonNode::textValue).toList());
  }

  /** In groups of four characters, as Keycloak's page shows the recovery codes it makes. */
  public BackupCodes inGroups() {
    return new BackupCodes(
        codes.stream().map(code -> code.replaceAll("(.{4})(?=.)", "$1-")).toList());
  }

  /** Those that are left when this one is used; empty when it is none of them. */
  public Optional<BackupCodes> without(String code) {
    List<String> rest = new ArrayList<>();
    for (String one : codes) {
      // All of them, so that time does not tell which.
      if (!MessageDigest.isEqual(bytes(one), bytes(code))) {
        rest.add(one);
      }
    }
    return rest.size() == codes.size() ? Optional.empty() : Optional.of(new BackupCodes(rest));
  }

  /** The column before it is encrypted. */
  public String json() {
    return JSON.createArrayNode()
        .addAll(codes.stream().map(JSON.getNodeFactory()::textNode).toList())
        .toString();
  }

  private static String letters() {
    return RANDOM
        .ints(HALF, 0, ALPHABET.length())
        .mapToObj(i -> ALPHABET.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
