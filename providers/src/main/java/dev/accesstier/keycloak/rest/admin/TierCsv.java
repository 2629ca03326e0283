// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.people.PermittedUsers;
import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.rest.BoundedBody;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.keycloak.services.ErrorResponseException;

/** Users and their tiers as a file. */
final class TierCsv {

  static final String TYPE = "text/csv";

  private static final List<String> HEADER = List.of("id", "email", "access_tier");
  private static final int PAGE = 500;
  private static final int MOST_BYTES = 8 * 1024 * 1024;
  private static final int MOST_LINES = 100_000;

  private TierCsv() {}

  /**
   * What became of a file.
   *
   * @param failed the first of the lines that failed
   * @param failedLeftOut how many more there are
   */
  record Imported(int changed, int unchanged, List<Failed> failed, int failedLeftOut) {}

  /**
   * A line that was of no use.
   *
   * @param code for programs; null where only the sentence says it
   */
  record Failed(int line, String error, @Nullable String code) {

    static Failed of(int line, ApiError error) {
      return new Failed(line, error.sentence(), error.code());
    }
  }

  /** Written page by page, each read in a session of its own. */
  static StreamingOutput export(AdminRequest admin) {
    PermittedUsers visible = admin.may().visibleUsers();
    AdminTransactions jobs = AdminTransactions.instead(admin);
    return stream -> {
      Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
      out.write(String.join(",", HEADER) + "\r\n");
      TierUsers.Filter everyone = TierUsers.Filter.EVERYONE;
      TierUsers.Position position = null;
      do {
        TierUsers.Position from = position;
        TierUsers.Slice slice =
            jobs.run(
                job -> new TierUsers(job.session, job.realm, visible).slice(everyone, from, PAGE));
        for (TierUsers.Row row : slice.rows()) {
          out.write(
              Csv.cell(row.id())
                  + ','
                  + Csv.cell(row.email() == null ? "" : row.email())
                  + ','
                  + Csv.cell(row.tier().value())
                  + "\r\n");
        }
        out.flush();
        position = slice.next();
      } while (position != null);
    };
  }

  /**
   * Changes users to the tiers of the file, once all of it has been read. The email is there for
   * people and not looked at.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 400 when it has another form,
   *     413 when it is too long
   */
  static Imported change(AdminRequest admin, @Nullable InputStream body, boolean dryRun) {
    Wanted wanted = Wanted.read(body);
    List<Failed> failed = new ArrayList<>(wanted.failed);
    Bulk bulk =
        new Bulk(
            AdminTransactions.instead(admin),
            ChangeSource.CSV,
            null,
            dryRun,
            (id, why) ->
                failed.add(new Failed(wanted.at.getOrDefault(id, 0), why.sentence(), why.code())));
    bulk.change(wanted.tiers);
    if (bulk.allForbidden()) {
      throw new ForbiddenException();
    }
    failed.sort(Comparator.comparingInt(Failed::line));
    Failures<Failed> failures = new Failures<>();
    failed.forEach(failures::add);
    return new Imported(bulk.changed(), bulk.unchanged(), failures.listed(), failures.leftOut());
  }

  /** What a file asks for, in the order of its lines. */
  private static final class Wanted implements Consumer<Csv.Line> {

    private final Map<String, AccessTier> tiers = new LinkedHashMap<>();
    private final Map<String, Integer> at = new HashMap<>();
    private final List<Failed> failed = new ArrayList<>();
    private boolean begun;
    private int lines;

    static Wanted read(@Nullable InputStream body) {
      Wanted wanted = new Wanted();
      try {
        Csv.parse(
            new InputStreamReader(
                BoundedBody.stream(body, MOST_BYTES), StandardCharsets.UTF_8.newDecoder()),
            wanted);
      } catch (CharacterCodingException e) {
        throw Json.bad("The file must be in UTF-8");
      } catch (IOException e) {
        throw Json.bad("The body cannot be read");
      }
      if (!wanted.begun) {
        throw wrongHeader();
      }
      return wanted;
    }

    @Override
    public void accept(Csv.Line line) {
      if (begun) {
        if (++lines > MOST_LINES) {
          throw BoundedBody.tooLong(MOST_LINES, "lines");
        }
        add(line);
      } else if (line.cells().stream().map(String::trim).toList().equals(HEADER)) {
        begun = true;
      } else {
        throw wrongHeader();
      }
    }

    private void add(Csv.Line line) {
      List<String> cells = line.cells();
      String id = Csv.value(cells.get(0).trim());
      Optional<AccessTier> tier =
          cells.size() == HEADER.size() ? AccessTier.parse(cells.get(2).trim()) : Optional.empty();
      if (cells.size() != HEADER.size()) {
        failed.add(Failed.of(line.line(), ApiError.CSV_CELLS));
      } else if (id.isEmpty()) {
        failed.add(Failed.of(line.line(), ApiError.ID_MISSING));
      } else if (tier.isEmpty()) {
        failed.add(Failed.of(line.line(), ApiError.UNKNOWN_TIER));
      } else if (tiers.putIfAbsent(id, tier.get()) != null) {
        failed.add(Failed.of(line.line(), ApiError.ID_TWICE));
      } else {
        at.put(id, line.line());
      }
    }

    private static ErrorResponseException wrongHeader() {
      return ApiError.CSV_HEADER.exception();
    }
  }
}
