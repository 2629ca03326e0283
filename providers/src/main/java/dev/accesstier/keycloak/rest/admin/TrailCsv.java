// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.audit.TrailFilter;
import dev.accesstier.keycloak.rest.RequestParameters;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The trail as a file, newest first. */
final class TrailCsv {

  private static final List<String> HEADER =
      List.of("at", "subject", "id", "name", "from", "to", "by", "by_client", "source", "reason");

  private static final int PAGE = 500;

  private TrailCsv() {}

  /** Written page by page, each read in a session of its own. */
  static StreamingOutput export(AdminRequest admin, TrailFilter wanted) {
    TrailFilter filter = wanted.untilNow();
    AdminTransactions jobs = AdminTransactions.instead(admin);
    return stream -> {
      Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
      out.write(String.join(",", HEADER) + "\r\n");
      List<RealmTrail.Entry> entries;
      int first = 0;
      do {
        RequestParameters.Page page = new RequestParameters.Page(first, PAGE);
        entries = jobs.run(job -> RealmTrail.page(job.request(), filter, page));
        for (RealmTrail.Entry entry : entries) {
          out.write(line(entry));
        }
        out.flush();
        first += PAGE;
      } while (entries.size() == PAGE);
    };
  }

  private static String line(RealmTrail.Entry entry) {
    TrailEntry change = entry.change();
    return Stream.of(
                change.at(),
                entry.subject(),
                entry.id(),
                entry.name(),
                change.from(),
                change.to(),
                change.by(),
                change.byClient(),
                change.source(),
                change.reason())
            .map(value -> Csv.cell(value == null ? "" : value))
            .collect(Collectors.joining(","))
        + "\r\n";
  }
}
