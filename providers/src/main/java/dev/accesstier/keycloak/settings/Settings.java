// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.accesstier.keycloak.schema.AuthSettings;
import dev.accesstier.keycloak.settings.RefusedSettingsException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One person's settings. The changing methods change this object, which belongs to its caller.
 *
 * @param global {@code global_settings}
 * @param apps {@code app_overrides}, by app
 * @param devices {@code device_settings}, by device
 */
public record Settings(ObjectNode global, ObjectNode apps, ObjectNode devices) {

  /** Of all three, as they are sent. */
  public static final int MOST_BYTES = 64 * 1024;

  private static final int MOST_LEVELS = 10;
  private static final int MOST_DEVICES = 50;
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_NUMBER = 100;

  /** Keys with which a script that copies an object carelessly changes every object. */
  private static final Set<String> POLLUTING = Set.of("__proto__", "constructor", "prototype");

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          // Numbers come back as they were sent.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  /** What a device says of itself; null where it says nothing. */
  public record Device(
      @Nullable String deviceName, @Nullable String deviceType, @Nullable ObjectNode settings) {}

  static Settings of(AuthSettings.Row row) {
    return new Settings(object(row.global()), object(row.apps()), object(row.devices()));
  }

  AuthSettings.Row row() {
    return new AuthSettings.Row(global.toString(), apps.toString(), devices.toString());
  }

  /** Another service wrote it; what is no object counts as an empty one. */
  private static ObjectNode object(String json) {
    try {
      return JSON.readTree(json) instanceof ObjectNode object ? object : JSON.createObjectNode();
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }

  /** Changes with the content and not with the order of keys, for {@code ETag}. */
  public String tag() {
    try {
      Object sorted = JSON.convertValue(List.of(global, apps, devices), Object.class);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(JSON.writeValueAsBytes(sorted));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 27);
    } catch (NoSuchAlgorithmException | JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Merges objects key by key at any depth; all else replaces what was there. */
  public void mergeGlobal(ObjectNode change) {
    check(change, 1);
    merge(global, change);
  }

  /** Likewise, for an app. */
  public void mergeApp(String app, ObjectNode change) {
    checkName(app);
    check(change, 2);
    merge(child(apps, app), change);
  }

  public void removeApp(String app) {
    apps.remove(app);
  }

  public void removeDevice(String device) {
    devices.remove(device);
  }

  /** Notes that a device was seen with an app, whose settings replace each other key by key. */
  public void seeDevice(String id, String app, Device said) {
    checkName(id);
    checkName(app);
    for (String text : new @Nullable String[] {said.deviceName(), said.deviceType()}) {
      if (text != null) {
        checkText(text);
      }
    }
    if (said.settings() != null) {
      // Below the device, its apps and the app.
      check(said.settings(), 4);
    }
    boolean isNew = !devices.has(id);
    ObjectNode device = child(devices, id);
    if (said.deviceName() != null || isNew) {
      device.put("deviceName", said.deviceName() == null ? "Unknown" : said.deviceName());
    }
    if (said.deviceType() != null || isNew) {
      device.put("deviceType", said.deviceType() == null ? "desktop" : said.deviceType());
    }
    device.put("lastSeen", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    ObjectNode ofApp = child(child(device, "apps"), app);
    if (said.settings() != null) {
      ofApp.setAll(said.settings());
    }
  }

  /** What one app may know of them. */
  public Settings of(String app) {
    ObjectNode its = JSON.createObjectNode();
    if (apps.has(app)) {
      its.set(app, apps.get(app));
    }
    return new Settings(JSON.createObjectNode(), its, JSON.createObjectNode());
  }

  private static void merge(ObjectNode into, ObjectNode change) {
    change
        .properties()
        .forEach(
            entry -> {
              JsonNode there = into.get(entry.getKey());
              if (there instanceof ObjectNode object
                  && entry.getValue() instanceof ObjectNode more) {
                merge(object, more);
              } else {
                into.set(entry.getKey(), entry.getValue());
              }
            });
  }

  private static ObjectNode child(ObjectNode of, String name) {
    return of.get(name) instanceof ObjectNode there ? there : of.putObject(name);
  }

  private static void checkName(String name) {
    if (name.isBlank() || name.length() > LONGEST_NAME || POLLUTING.contains(name)) {
      throw invalid(
          "The name of an app or a device must be 1 to 255 characters, and no key of"
              + " JavaScript's own");
    }
    checkText(name);
  }

  /**
   * Checks how much a change has made of them. What another service has let grow beyond the limits
   * may shrink.
   *
   * @throws RefusedSettingsException when it is too much, and more than before
   */
  void check(Settings before) {
    if (devices.size() > Math.max(MOST_DEVICES, before.devices.size())) {
      throw invalid("A person has at most " + MOST_DEVICES + " devices; remove one first");
    }
    if (bytes() > Math.max(MOST_BYTES, before.bytes())) {
      throw new RefusedSettingsException(
          Kind.TOO_LARGE, "A person's settings have at most " + MOST_BYTES + " bytes");
    }
  }

  private int bytes() {
    int bytes = 0;
    for (ObjectNode part : new ObjectNode[] {global, apps, devices}) {
      bytes += part.toString().getBytes(StandardCharsets.UTF_8).length;
    }
    return bytes;
  }

  private static void check(JsonNode node, int level) {
    if (node.isContainerNode() && level > MOST_LEVELS) {
      throw invalid("Settings have at most " + MOST_LEVELS + " levels");
    }
    if (node instanceof ObjectNode object) {
      for (var entry : object.properties()) {
        checkText(entry.getKey());
        if (POLLUTING.contains(entry.getKey())) {
          throw invalid("A key must not be one of JavaScript's own");
        }
        check(entry.getValue(), level + 1);
      }
    } else if (node.isArray()) {
      node.forEach(item -> check(item, level + 1));
    } else if (node.isTextual()) {
      checkText(node.textValue());
    } else if (node.isNumber()
        && (node.isFloatingPointNumber() || node.isBigInteger())
        && Math.max(node.decimalValue().precision(), Math.abs(node.decimalValue().scale()))
            > LONGEST_NUMBER) {
      throw invalid("A number has at most " + LONGEST_NUMBER + " digits");
    }
  }

  /** PostgreSQL stores neither. */
  private static void checkText(String text) {
    if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw invalid("Text must not hold NUL or half a character");
    }
  }

  private static RefusedSettingsException invalid(String message) {
    return new RefusedSettingsException(Kind.INVALID, message);
  }

  /** Leaves out what people have set. */
  @Override
  public String toString() {
    return "Settings";
  }
}
