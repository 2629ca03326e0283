// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.AddScriptTagOptions;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import java.util.Map;

/** A page at Better Auth that does what the plugin's own client does in a browser. */
final class PasskeyThere {

  private static final String CLIENT =
      "node_modules/@simplewebauthn/browser/dist/bundle/index.umd.min.js";

  private static final String CALLS =
      """
      const call = async (path, body) => {
        const headers = { "content-type": "application/json" };
        const post = { method: "POST", headers, body: JSON.stringify(body) };
        const response = await fetch("/api/auth" + path, body ? post : {});
        return response.json();
      };
      """;

  /** Of which the answer is the new row, or an error. */
  private static final String REGISTER =
      """
      async ([email, password, name]) => {
        %s
        await call("/sign-in/email", { email, password });
        const optionsJSON = await call("/passkey/generate-register-options");
        const response = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON });
        return call("/passkey/verify-registration", { response, name });
      }
      """
          .formatted(CALLS);

  /** Of which the answer is whoever is signed in then, or why nobody is. */
  private static final String SIGN_IN =
      """
      async () => {
        %s
        const optionsJSON = await call("/passkey/generate-authenticate-options");
        const response = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON });
        const answer = await call("/passkey/verify-authentication", { response });
        return (await call("/get-session"))?.user.id ?? answer.code;
      }
      """
          .formatted(CALLS);

  private final Page page;
  private final String url;

  PasskeyThere(Page page, BetterAuthServer there) {
    this.page = page;
    this.url = there.url();
  }

  /** Adds one with that name. */
  void register(Member member, String name) {
    Map<?, ?> row =
        (Map<?, ?>)
            visit().evaluate(REGISTER, new String[] {member.email(), member.password(), name});
    if (!member.id().equals(row.get("userId"))) {
      throw new AssertionError("not registered: " + row);
    }
  }

  /** The id of the user who is signed in then, or Better Auth's code of the error. */
  String signIn() {
    return (String) visit().evaluate(SIGN_IN);
  }

  /** As someone without cookies, which know no ports. */
  private Page visit() {
    page.context().clearCookies();
    page.navigate(url + "/api/auth/ok");
    page.addScriptTag(new AddScriptTagOptions().setPath(NodeModules.folder().resolve(CLIENT)));
    return page;
  }
}
