// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.accesstier.keycloak.application.ApplicationImport;
import dev.accesstier.keycloak.application.ApplicationImport.Outcome;
import dev.accesstier.keycloak.application.OldApplications;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.NotFoundException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.ClientModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;

/**
 * What an import of the old service's apps did, or would do.
 *
 * @param created apps that became clients
 * @param vanished clients of an earlier import whose app is no longer in the table; they are left
 * @param authorizationCodes rows that are of no use here: who was signing in begins anew
 * @param problems what an admin should correct, in sentences
 */
record ApplicationReport(
    boolean dryRun,
    @JsonProperty("new") List<App> created,
    List<App> changed,
    List<App> same,
    List<App> conflicting,
    List<App> refused,
    List<App> vanished,
    long authorizationCodes,
    List<String> problems) {

  private static final Logger LOG = Logger.getLogger(ApplicationReport.class);

  /**
   * One app.
   *
   * @param reason null where there is nothing to say
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record App(String clientId, @Nullable String reason) {}

  /**
   * What is asked for.
   *
   * @param trusted client ids of apps whose users are not asked for consent
   * @param requiredTier of new clients; null: none
   */
  record Wanted(boolean dryRun, Set<String> trusted, @Nullable AccessTier requiredTier) {}

  /**
   * Runs the import, each app in a transaction of its own.
   *
   * @throws NotFoundException when no database of the realm has a table of apps
   * @throws org.keycloak.services.ErrorResponseException with status 400 when {@code trusted} names
   *     an app that is not there, or there are too many
   */
  static ApplicationReport of(AdminRequest admin, Wanted wanted) {
    boolean hasScope =
        admin
            .realm()
            .getClientScopesStream()
            .anyMatch(scope -> ApplicationImport.SCOPE.equals(scope.getName()));
    Set<String> vanished = new TreeSet<>(ApplicationImport.imported(admin.realm()).toList());
    OldApplications apps = OldApplications.in(admin.session(), admin.realm());
    check(apps, wanted);
    vanished.removeAll(apps.found().keySet());
    Map<Outcome, List<App>> lists = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      lists.put(outcome, new ArrayList<>());
    }
    AdminTransactions jobs = AdminTransactions.instead(admin);
    apps.found().forEach((clientId, app) -> take(jobs, wanted, clientId, app, lists));
    apps.elsewhere()
        .forEach(
            clientId ->
                lists
                    .getOrDefault(Outcome.CONFLICTING, List.of())
                    .add(new App(clientId, "Another database of the realm has it as well")));
    return new ApplicationReport(
        wanted.dryRun(),
        lists.getOrDefault(Outcome.NEW, List.of()),
        lists.getOrDefault(Outcome.CHANGED, List.of()),
        lists.getOrDefault(Outcome.SAME, List.of()),
        lists.getOrDefault(Outcome.CONFLICTING, List.of()),
        lists.getOrDefault(Outcome.REFUSED, List.of()),
        vanished.stream()
            .map(clientId -> new App(clientId, "The table has it no longer; the client is left"))
            .toList(),
        apps.authorizationCodes(),
        hasScope
            ? List.of()
            : List.of(
                "The realm has no client scope "
                    + ApplicationImport.SCOPE
                    + ", so tokens of new clients have Keycloak's sub and not the old service's."));
  }

  private static void check(OldApplications apps, Wanted wanted) {
    if (!apps.anyTable()) {
      throw new NotFoundException(
          "No database of this realm has a table oauth_applications or oauth_clients that its user"
              + " may read");
    }
    if (apps.areTooMany()) {
      throw Json.bad("The table has more than 10000 apps; remove those that nobody uses");
    }
    wanted.trusted().stream()
        .filter(clientId -> !apps.found().containsKey(clientId))
        .findFirst()
        .ifPresent(
            clientId -> {
              throw Json.bad("trusted names an app that the table does not have");
            });
  }

  private static void take(
      AdminTransactions jobs,
      Wanted wanted,
      String clientId,
      OldApplications.Found app,
      Map<Outcome, List<App>> lists) {
    Outcome outcome;
    String reason;
    try {
      ApplicationImport.Result result = jobs.run(job -> take(job, wanted, clientId, app));
      outcome = result.outcome();
      reason = result.reason();
    } catch (RuntimeException e) {
      LOG.errorf(e, "An app of the old service could not be imported");
      outcome = Outcome.REFUSED;
      reason = "It could not be imported; see the server's log";
    }
    lists.getOrDefault(outcome, List.of()).add(new App(clientId, reason));
  }

  private static ApplicationImport.Result take(
      AdminTransactions.Job job, Wanted wanted, String clientId, OldApplications.Found app) {
    ApplicationImport.Result result =
        new ApplicationImport(job.session, job.realm, job.admin())
            .take(app, wanted.trusted().contains(clientId));
    ClientModel client = result.client();
    if (wanted.dryRun()) {
      job.session.getTransactionManager().setRollbackOnly();
    } else if (client != null && result.outcome() != Outcome.SAME) {
      boolean made = result.outcome() == Outcome.NEW;
      if (made && wanted.requiredTier() != null) {
        var unused =
            job.changes(ChangeSource.API).require(job.realm, client, wanted.requiredTier(), null);
      }
      report(job, client, made ? OperationType.CREATE : OperationType.UPDATE);
    }
    return result;
  }

  private static void report(AdminTransactions.Job job, ClientModel client, OperationType what) {
    new AdminEventBuilder(
            job.realm, job.admin(), job.session, job.session.getContext().getConnection())
        .operation(what)
        .resource(ResourceType.CLIENT)
        .resourcePath("clients", client.getId())
        .representation(new App(client.getClientId(), "Imported from the old service"))
        .success();
  }
}
