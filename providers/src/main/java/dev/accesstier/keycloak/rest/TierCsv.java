// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.storage.TierUsers;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.ChangeSource;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Users and their tiers as a file. */
final class TierCsv {

  static final String TYPE = "text/csv";

  private static final List<String> HEADER = List.of("id", "email", "access_tier");
  private static final int PAGE = 500;
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  private TierCsv() {}

  /** What became of a file. */
  record Imported(int changed, int unchanged, List<Failed> failed) {}

  /** A line that was of no use. */
  record Failed(int line, String error) {}

  /** Written page by page, each read in a session of its own. */
  static StreamingOutput export(Jobs jobs) {
    return stream -> {
      Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
      out.write(String.join(",", HEADER) + "\r\n");
      TierUsers.Filter everyone = new TierUsers.Filter(null, null);
      TierUsers.Position position = null;
      do {
        TierUsers.Position from = position;
        TierUsers.Slice slice =
            jobs.run(job -> new TierUsers(job.session, job.realm).slice(everyone, from, PAGE));
        for (TierUsers.Row row : slice.rows()) {
          out.write(
              Csv.cell(row.id())
                  + ','
                  + Csv.cell(row.email() == null ? "" : row.email())
                  + ','
                  + row.tier().value()
                  + "\r\n");
        }
        out.flush();
        position = slice.next();
      } while (position != null);
    };
  }

  /**
   * Changes users to the tiers of the file. The email is there for people and not looked at.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 400 when it has another form
   */
  static Imported change(Admin admin, @Nullable InputStream body, boolean dryRun) {
    List<Csv.Line> lines = Csv.parse(text(Limited.read(body, MOST_BYTES)));
    if (lines.isEmpty()
        || !lines.get(0).cells().stream().map(String::trim).toList().equals(HEADER)) {
      throw Json.bad("The first line must be " + String.join(",", HEADER));
    }
    List<Failed> failed = new ArrayList<>();
    Map<String, AccessTier> tiers = new LinkedHashMap<>();
    Map<String, Integer> at = new HashMap<>();
    for (Csv.Line line : lines.subList(1, lines.size())) {
      List<String> cells = line.cells();
      String id = Csv.value(cells.get(0).trim());
      Optional<AccessTier> tier =
          cells.size() == HEADER.size() ? AccessTier.parse(cells.get(2).trim()) : Optional.empty();
      if (cells.size() != HEADER.size()) {
        failed.add(new Failed(line.line(), "A line must have " + HEADER.size() + " cells"));
      } else if (id.isEmpty()) {
        failed.add(new Failed(line.line(), "The id is missing"));
      } else if (tier.isEmpty()) {
        failed.add(new Failed(line.line(), Asked.UNKNOWN_TIER));
      } else if (tiers.putIfAbsent(id, tier.get()) != null) {
        failed.add(new Failed(line.line(), "The id is in an earlier line as well"));
      } else {
        at.put(id, line.line());
      }
    }
    Bulk bulk =
        new Bulk(
            Jobs.instead(admin),
            ChangeSource.CSV,
            null,
            dryRun,
            (id, error) -> failed.add(new Failed(at.getOrDefault(id, 0), error)));
    bulk.change(tiers);
    if (bulk.allForbidden()) {
      throw new ForbiddenException();
    }
    failed.sort((a, b) -> Integer.compare(a.line(), b.line()));
    return new Imported(bulk.changed(), bulk.unchanged(), failed);
  }

  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw Json.bad("The file must be in UTF-8");
    }
  }
}
