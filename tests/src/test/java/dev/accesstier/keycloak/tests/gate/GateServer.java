package dev.accesstier.keycloak.tests.gate;

import org.keycloak.admin.client.Keycloak;

/** The one place that knows which server the gate's tests talk to. */
final class GateServer {

  private GateServer() {}

  /** Loopback port that the server asks for consent in CIBA; 0 where it was started without. */
  static int cibaPort() {
    return Integer.getInteger("gate.ciba-port", 0);
  }

  static GateRealm newRealm() {
    String base = System.getProperty("gate.base-url", "http://127.0.0.1:8482");
    return new GateRealm(base, Keycloak.getInstance(base, "master", "admin", "admin", "admin-cli"));
  }
}
