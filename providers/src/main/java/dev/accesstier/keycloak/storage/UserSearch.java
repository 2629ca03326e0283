// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.tier.AccessTier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A search for users as a condition in JPQL. Listing and counting are made of the same one, so that
 * they always agree.
 *
 * <p>Texts are compared in lower case. First and last name are parts of the column {@code name},
 * cut at its first space.
 */
final class UserSearch {

  private static final String EMAIL = "u.email";
  private static final String FIRST_NAME =
      "lower(cast(sql('split_part(?, '' '', 1)', u.name) as String))";
  private static final String LAST_NAME =
      "lower(cast(sql('substr(?, length(split_part(?, '' '', 1)) + 2)', u.name, u.name) as String))";

  /** As text: the enum's type may live in another schema, and knows no value it does not list. */
  static final String TIER =
      "cast(sql('coalesce(cast(? as text), ''public'')', u.accessTier) as String)";

  private static final List<String> KNOWN_ABOVE_GUEST =
      Arrays.stream(AccessTier.values())
          .filter(tier -> tier != AccessTier.GUEST)
          .map(AccessTier::value)
          .toList();

  private static final String ROLE = "cast(sql('cast(? as text)', u.role) as String)";
  private static final String PICTURE = "lower(u.image)";

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> parameters = new HashMap<>();

  String where() {
    return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
  }

  Map<String, Object> parameters() {
    return parameters;
  }

  /**
   * The free text of the console and of {@code GET users?search=}: each word must be found in email
   * or a name, at its beginning, or where {@code *} stands for anything; in quotes it is the whole.
   */
  UserSearch text(String text) {
    for (String word : text.strip().toLowerCase(Locale.ROOT).split("\\s+", -1)) {
      boolean exact = word.length() >= 2 && word.startsWith("\"") && word.endsWith("\"");
      anyOf(
          exact ? Match.EXACT : Match.LIKE,
          exact ? word.substring(1, word.length() - 1) : pattern(word));
    }
    return this;
  }

  /** The text as one, in email or a name, as Keycloak looks for it among a group's members. */
  UserSearch anywhere(String text, boolean exact) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (!text.isBlank()) {
      anyOf(exact ? Match.EXACT : Match.LIKE, exact ? lower : "%" + literal(lower) + "%");
    }
    return this;
  }

  UserSearch email(String value, boolean exact) {
    return column(EMAIL, value, exact);
  }

  UserSearch firstName(String value, boolean exact) {
    return column(FIRST_NAME, value, exact);
  }

  UserSearch lastName(String value, boolean exact) {
    return column(LAST_NAME, value, exact);
  }

  UserSearch tier(String value, boolean exact) {
    return column(TIER, value, exact);
  }

  /** In step with {@link AccessTier#ofUser}: what nobody knows counts as guest. */
  UserSearch ofTier(AccessTier tier) {
    return tier == AccessTier.GUEST
        ? where(TIER + " not in (" + parameter(KNOWN_ABOVE_GUEST) + ")")
        : where(TIER + " = " + parameter(tier.value()));
  }

  UserSearch picture(String value, boolean exact) {
    return column(PICTURE, value, exact);
  }

  UserSearch role(String value) {
    return column(ROLE, value, true);
  }

  UserSearch emailVerified(boolean verified) {
    return where("u.emailVerified = " + parameter(verified));
  }

  /**
   * @param locked ids that Keycloak itself keeps disabled, whatever the row says
   */
  UserSearch enabled(boolean enabled, Collection<String> locked) {
    String active = "u.deletedAt is null";
    if (!locked.isEmpty()) {
      active += " and u.id not in (" + parameter(locked) + ")";
    }
    return where(enabled ? active : "not (" + active + ")");
  }

  UserSearch createdFrom(long epochMillis) {
    return where("u.createdAt >= " + parameter(Instant.ofEpochMilli(epochMillis)));
  }

  UserSearch createdUntil(long epochMillis) {
    return where("u.createdAt <= " + parameter(Instant.ofEpochMilli(epochMillis)));
  }

  UserSearch ids(Collection<String> ids) {
    return ids.isEmpty() ? nobody() : where("u.id in (" + parameter(ids) + ")");
  }

  UserSearch nobody() {
    return where("1 = 0");
  }

  /** Users whose email follows in the order of listing. */
  UserSearch after(String email) {
    return where(EMAIL + " > " + parameter(email));
  }

  private enum Match {
    EXACT(" = "),
    LIKE(" like ");

    private final String operator;

    Match(String operator) {
      this.operator = operator;
    }

    String condition(String column, String parameter) {
      return column + operator + parameter + (this == LIKE ? " escape '\\'" : "");
    }
  }

  private UserSearch column(String column, String value, boolean exact) {
    String lower = value.toLowerCase(Locale.ROOT);
    return where(
        exact
            ? Match.EXACT.condition(column, parameter(lower))
            : Match.LIKE.condition(column, parameter("%" + literal(lower) + "%")));
  }

  private void anyOf(Match match, String value) {
    String parameter = parameter(value);
    where(
        match.condition(EMAIL, parameter)
            + " or "
            + match.condition(FIRST_NAME, parameter)
            + " or "
            + match.condition(LAST_NAME, parameter));
  }

  private UserSearch where(String condition) {
    conditions.add("(" + condition + ")");
    return this;
  }

  private String parameter(Object value) {
    String name = "p" + parameters.size();
    parameters.put(name, value);
    return ":" + name;
  }

  /** A word of a search as a pattern of {@code like}. */
  static String pattern(String word) {
    String pattern = literal(word).replace('*', '%');
    return word.endsWith("*") ? pattern : pattern + "%";
  }

  private static String literal(String text) {
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
