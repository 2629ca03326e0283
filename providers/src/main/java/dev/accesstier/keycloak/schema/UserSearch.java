// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.tier.AccessTier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A search for users as a condition in JPQL. Listing and counting are made of the same one, so that
 * they always agree.
 *
 * <p>Texts are compared in lower case, which the database makes of both sides: its rules are not
 * Java's. First and last name are parts of the column {@code name}, cut at its first space.
 */
public final class UserSearch {

  private static final String EMAIL = "u.email";

  /** Stands for what depends on the database. */
  private static final String BANNED = "{banned}";

  private static final String FIRST_NAME = "cast(sql('split_part(?, '' '', 1)', u.name) as String)";
  private static final String LAST_NAME =
      "cast(sql('substr(?, length(split_part(?, '' '', 1)) + 2)', u.name, u.name) as String)";

  /** As text: the enum's type may live in another schema, and knows no value it does not list. */
  static final String TIER =
      "cast(sql('coalesce(cast(? as text), ''public'')', u.accessTier) as String)";

  private static final List<String> KNOWN_ABOVE_GUEST =
      Arrays.stream(AccessTier.values())
          .filter(tier -> tier != AccessTier.GUEST)
          .map(AccessTier::value)
          .toList();

  private static final String ROLE = "cast(sql('cast(? as text)', u.role) as String)";
  private static final String PICTURE = "u.image";

  /** One parameter, however many ids there are: a statement takes 65,535 of them and no more. */
  private static final String AMONG = "cast(sql('? = any(?)', u.id, %s) as Boolean) = true";

  private static final String TIER_RANK =
      "case "
          + Arrays.stream(AccessTier.values())
              .filter(tier -> tier != AccessTier.GUEST)
              .map(tier -> "when %s = '%s' then %d".formatted(TIER, tier.value(), tier.ordinal()))
              .collect(Collectors.joining(" "))
          + " else 0 end";

  /** What a list is ordered by. */
  public enum Sort {
    /** Which is unique and indexed: pages neither overlap nor leave gaps, nor read much. */
    EMAIL("u.email"),
    NAME("lower(u.name)"),
    TIER(TIER_RANK),
    CREATED("u.createdAt");

    private final String expression;

    Sort(String expression) {
      this.expression = expression;
    }
  }

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> parameters = new HashMap<>();
  private boolean findsNobody;
  private Sort sort = Sort.EMAIL;
  private boolean descending;

  /** Whether there is no need to ask the database. */
  boolean findsNobody() {
    return findsNobody;
  }

  String where(OptionalExpressions optional) {
    return conditions.isEmpty()
        ? ""
        : " where " + String.join(" and ", conditions).replace(BANNED, optional.banned());
  }

  /** The email makes it the same on every page. */
  String order() {
    String direction = descending ? " desc" : "";
    return " order by "
        + sort.expression
        + direction
        + (sort == Sort.EMAIL ? "" : ", " + EMAIL + direction);
  }

  Map<String, Object> parameters() {
    return parameters;
  }

  /**
   * The free text of the console and of {@code GET users?search=}: each word must be found in email
   * or a name, at its beginning, or where {@code *} stands for anything; in quotes it is the whole.
   */
  public UserSearch text(String text) {
    for (String word : text.strip().split("\\s+", -1)) {
      boolean exact = word.length() >= 2 && word.startsWith("\"") && word.endsWith("\"");
      anyOf(
          exact ? Match.EXACT : Match.LIKE,
          exact ? word.substring(1, word.length() - 1) : pattern(word));
    }
    return this;
  }

  /** The text as one, in email or a name, as Keycloak looks for it among a group's members. */
  public UserSearch anywhere(String text, boolean exact) {
    if (!text.isBlank()) {
      anyOf(exact ? Match.EXACT : Match.LIKE, exact ? text : infix(text));
    }
    return this;
  }

  public UserSearch email(String value, boolean exact) {
    return where(exact ? email(Match.EXACT, value) : email(Match.LIKE, infix(value)));
  }

  public UserSearch firstName(String value, boolean exact) {
    return column(FIRST_NAME, value, exact);
  }

  public UserSearch lastName(String value, boolean exact) {
    return column(LAST_NAME, value, exact);
  }

  public UserSearch tier(String value, boolean exact) {
    return column(TIER, value, exact);
  }

  /** In step with {@link AccessTier#ofUser}: what nobody knows counts as guest. */
  public UserSearch ofTier(AccessTier tier) {
    return tier == AccessTier.GUEST
        ? where(TIER + " not in (" + parameter(KNOWN_ABOVE_GUEST) + ")")
        : where(TIER + " = " + parameter(tier.value()));
  }

  public UserSearch picture(String value, boolean exact) {
    return column(PICTURE, value, exact);
  }

  /** Those who have the role by {@code users.role}, and those it was granted to. */
  public UserSearch role(String label, Collection<String> granted) {
    return where(ROLE + " = " + parameter(label) + " or " + among(granted));
  }

  /** Those of whom {@code users.role} says that; {@code user} where it says nothing. */
  public UserSearch columnRole(String role) {
    return where("coalesce(" + ROLE + ", 'user') = " + parameter(role));
  }

  public UserSearch emailVerified(boolean verified) {
    return where("coalesce(u.emailVerified, false) = " + parameter(verified));
  }

  public UserSearch secondFactor(boolean enabled) {
    return where("coalesce(u.twoFactorEnabled, false) = " + parameter(enabled));
  }

  public UserSearch sorted(Sort by, boolean turned) {
    sort = by;
    descending = turned;
    return this;
  }

  /**
   * @param locked ids that Keycloak itself keeps disabled, whatever the row says
   */
  public UserSearch enabled(boolean enabled, Collection<String> locked) {
    String active = "u.deletedAt is null and not (" + BANNED + ")";
    if (!locked.isEmpty()) {
      active += " and not " + among(locked);
    }
    return where(enabled ? active : "not (" + active + ")");
  }

  public UserSearch createdFrom(long epochMillis) {
    return where("u.createdAt >= " + parameter(Instant.ofEpochMilli(epochMillis)));
  }

  public UserSearch createdUntil(long epochMillis) {
    return where("u.createdAt <= " + parameter(Instant.ofEpochMilli(epochMillis)));
  }

  public UserSearch ids(Collection<String> ids) {
    return ids.isEmpty() ? nobody() : where(among(ids));
  }

  public UserSearch without(Collection<String> ids) {
    return ids.isEmpty() ? this : where("not " + among(ids));
  }

  public UserSearch shown(Shown shown) {
    return shown.byDefault() ? without(shown.exceptions()) : ids(shown.exceptions());
  }

  public UserSearch nobody() {
    findsNobody = true;
    return where("1 = 0");
  }

  /** Users whose email follows in the order of listing. */
  public UserSearch after(String email) {
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
    return where(
        exact ? lower(Match.EXACT, column, value) : lower(Match.LIKE, column, infix(value)));
  }

  private void anyOf(Match match, String value) {
    where(
        email(match, value)
            + " or "
            + lower(match, FIRST_NAME, value)
            + " or "
            + lower(match, LAST_NAME, value));
  }

  /** Better Auth stores it in the lower case of JavaScript, which is Java's. */
  private String email(Match match, String value) {
    return match.condition(EMAIL, parameter(value.toLowerCase(Locale.ROOT)));
  }

  private String lower(Match match, String column, String value) {
    return match.condition("lower(" + column + ")", "lower(" + parameter(value) + ")");
  }

  private String among(Collection<String> ids) {
    return ids.isEmpty() ? "1 = 0" : AMONG.formatted(parameter(ids.toArray(String[]::new)));
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
  public static String pattern(String word) {
    String pattern = literal(word).replace('*', '%');
    return word.endsWith("*") ? pattern : pattern + "%";
  }

  /** A pattern of {@code like} for what contains the text. */
  public static String infix(String text) {
    return "%" + literal(text) + "%";
  }

  private static String literal(String text) {
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
