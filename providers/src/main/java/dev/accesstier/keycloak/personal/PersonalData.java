// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.personal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.schema.PersonalRows;
import dev.accesstier.keycloak.schema.PersonalRows.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.storage.StorageId;

/**
 * One person's data as JSON. The members {@code user}, {@code sessions} and {@code securityEvents}
 * are those of the original service's export, with more in each; all others are ours. Columns keep
 * the names that they have in the database.
 */
public final class PersonalData {

  private static final String VERSION = "1.0";

  private static final JsonFactory JSON = new ObjectMapper().getFactory();

  /** By the name of the member that holds the rows. */
  private static final Map<String, Table> TABLES = tables();

  private final KeycloakSession session;
  private final RealmModel realm;
  private final UserModel user;
  private final Optional<PersonalRows> rows;

  public PersonalData(KeycloakSession session, RealmModel realm, UserModel user) {
    this.session = session;
    this.realm = realm;
    this.user = user;
    this.rows =
        TemporarilyUnavailableException.unless(
                session, () -> AuthComponents.enabledOf(session, realm, user))
            .map(AuthComponent::database)
            .map(PersonalRows::new);
  }

  private static Map<String, Table> tables() {
    Map<String, Table> tables = new LinkedHashMap<>();
    tables.put("sessions", Table.SESSIONS);
    tables.put("securityEvents", Table.SECURITY_EVENTS);
    tables.put("accounts", Table.ACCOUNTS);
    tables.put("secondFactors", Table.TWO_FACTOR);
    tables.put("passkeys", Table.PASSKEYS);
    tables.put("settings", Table.SETTINGS);
    tables.put("consents", Table.CONSENTS);
    tables.put("tokens", Table.TOKENS);
    tables.put("applications", Table.APPLICATIONS);
    tables.put("matrixLinks", Table.MATRIX_LINKS);
    return tables;
  }

  /**
   * Who the person is, and how many rows and entries of each kind there are.
   *
   * @throws TemporarilyUnavailableException when the database cannot be used
   */
  public String summary() {
    return TemporarilyUnavailableException.unless(
        session,
        () -> {
          var text = new StringWriter();
          try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            writeUser(json);
            json.writeObjectFieldStart("holds");
            for (Map.Entry<String, Table> table : TABLES.entrySet()) {
              json.writeNumberField(table.getKey(), count(table.getValue()));
            }
            json.writeEndObject();
            json.writeEndObject();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return text.toString();
        });
  }

  /** Whether the tables answer, before an answer begins that could not say so any more. */
  public void requireReadable() {
    TemporarilyUnavailableException.unless(session, () -> count(Table.USERS));
  }

  /** The members of the export that come from the tables and have an entry. */
  public List<String> members() {
    return TemporarilyUnavailableException.unless(
        session,
        () ->
            Stream.concat(Stream.of(Map.entry("user", Table.USERS)), TABLES.entrySet().stream())
                .filter(table -> count(table.getValue()) > 0)
                .map(Map.Entry::getKey)
                .toList());
  }

  /**
   * All of it, written while it is read, in a transaction of its own: the request's has ended by
   * then.
   */
  public void export(OutputStream out) {
    String realmId = realm.getId();
    String userId = user.getId();
    KeycloakModelUtils.runJobInTransaction(
        session.getKeycloakSessionFactory(),
        session.getContext(),
        job -> {
          RealmModel here = job.realms().getRealm(realmId);
          job.getContext().setRealm(here);
          UserModel who = job.users().getUserById(here, userId);
          if (who != null) {
            new PersonalData(job, here, who).write(out);
          }
        });
  }

  private void write(OutputStream out) {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("exportedAt", Instant.now().toString());
      json.writeStringField("exportVersion", VERSION);
      writeUser(json);
      for (Map.Entry<String, Table> table : TABLES.entrySet()) {
        json.writeArrayFieldStart(table.getKey());
        each(table.getValue(), json);
        json.writeEndArray();
      }
      json.writeFieldName("keycloak");
      new KeycloakData(session, realm, user).write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The row, or what Keycloak has of a user of its own, in the same form. */
  private void writeUser(JsonGenerator json) throws IOException {
    json.writeFieldName("user");
    if (rows.isPresent()) {
      each(Table.USERS, json);
      return;
    }
    json.writeStartObject();
    json.writeStringField("id", user.getId());
    json.writeStringField("email", user.getEmail());
    json.writeStringField(
        "name",
        Stream.of(user.getFirstName(), user.getLastName())
            .flatMap(Stream::ofNullable)
            .reduce((first, last) -> first + " " + last)
            .orElse(""));
    Long created = user.getCreatedTimestamp();
    if (created != null) {
      json.writeStringField("created_at", Instant.ofEpochMilli(created).toString());
    }
    json.writeEndObject();
  }

  private void each(Table table, JsonGenerator json) {
    rows.ifPresent(
        found ->
            found.each(
                table,
                StorageId.externalId(user.getId()),
                row -> {
                  try {
                    json.writeRawValue(row);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
  }

  private long count(Table table) {
    return rows.map(found -> found.count(table, StorageId.externalId(user.getId()))).orElse(0L);
  }
}
