// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierChange;
import dev.accesstier.keycloak.change.TierSubject;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the trail. It refers to users and clients by id alone, so it stays when they go, and
 * then says nothing of a person any more.
 */
@Entity
@Table(name = "ACCESS_TIER_CHANGE")
public class TierChangeEntity {

  private static final int TEXT = 255;

  /** Longest reason that is kept. */
  public static final int REASON = 1000;

  @Id
  @Column(name = "ID", length = 36)
  private String id = "";

  @Column(name = "REALM_ID", length = 36)
  private String realmId = "";

  @Column(name = "SUBJECT_TYPE", length = 10)
  @Enumerated(EnumType.STRING)
  private TierSubject subject = TierSubject.USER;

  @Column(name = "SUBJECT_ID", length = TEXT)
  private String subjectId = "";

  /** Numbers a subject's entries in the order in which they took effect. */
  @Column(name = "SEQ")
  private long sequence;

  @Column(name = "FROM_TIER", length = TEXT)
  private @Nullable String from;

  @Column(name = "TO_TIER", length = TEXT)
  private @Nullable String to;

  /** Milliseconds since 1970, as in Keycloak's own tables. */
  @Column(name = "CHANGED_AT")
  private long at;

  @Column(name = "BY_REALM_ID", length = 36)
  private @Nullable String byRealmId;

  @Column(name = "BY_USER_ID", length = TEXT)
  private @Nullable String byUserId;

  @Column(name = "BY_CLIENT", length = TEXT)
  private @Nullable String byClient;

  @Column(name = "IP_ADDRESS", length = TEXT)
  private @Nullable String ip;

  @Column(name = "SOURCE", length = 20)
  @Enumerated(EnumType.STRING)
  private ChangeSource source = ChangeSource.API;

  @Column(name = "REASON", length = REASON)
  private @Nullable String reason;

  protected TierChangeEntity() {}

  TierChangeEntity(String id, long sequence, TierChange change) {
    this.id = id;
    this.sequence = sequence;
    this.realmId = change.realmId();
    this.subject = change.subject();
    this.subjectId = change.subjectId();
    this.from = cut(change.from(), TEXT);
    this.to = cut(change.to(), TEXT);
    this.at = change.at().toEpochMilli();
    this.byRealmId = change.author().realmId();
    this.byUserId = cut(change.author().userId(), TEXT);
    this.byClient = cut(change.author().clientId(), TEXT);
    this.ip = cut(change.author().ip(), TEXT);
    this.source = change.source();
    this.reason = cut(change.reason(), REASON);
  }

  String id() {
    return id;
  }

  TierChange toChange() {
    return new TierChange(
        realmId,
        subject,
        subjectId,
        from,
        to,
        Instant.ofEpochMilli(at),
        new ChangeAuthor(byRealmId, byUserId, byClient, ip),
        source,
        reason);
  }

  private static @Nullable String cut(@Nullable String text, int length) {
    return text == null ? null : Texts.cut(text, length);
  }
}
