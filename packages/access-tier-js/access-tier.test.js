// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as module from "./access-tier.js";

const { TIERS, accessibleApps, hasAppAccess, tierLabel, tierLevel } = module;

test("each tier enters what asks for it or for less", () => {
  TIERS.forEach((tier, own) =>
    TIERS.forEach((required, needed) =>
      assert.equal(hasAppAccess(tier, required), own >= needed, `${tier} ${required}`),
    ),
  );
});

test("decides as Keycloak does where something is missing or unknown", () => {
  assert.equal(hasAppAccess("guest", undefined), true);
  assert.equal(hasAppAccess("guest", ""), true);
  assert.equal(hasAppAccess(undefined, "public"), true);
  assert.equal(hasAppAccess(undefined, "beta"), false);
  assert.equal(hasAppAccess("nonsense", "guest"), true);
  assert.equal(hasAppAccess("nonsense", "public"), false);
  assert.equal(hasAppAccess("founder", "nonsense"), false);
});

test("labels tiers in two languages", () => {
  assert.equal(tierLabel("guest", "de-AT"), "Gast");
  assert.equal(tierLabel("public"), "Standard");
  assert.equal(tierLabel("guest", "fr"), "Guest");
  assert.equal(tierLabel("other"), "other");
  assert.equal(tierLevel("founder"), 4);
  assert.equal(tierLevel("other"), -1);
});

test("lists the apps that may be entered", async () => {
  const asked = [];
  const fetcher = async (url, options) => {
    asked.push([url, options.headers.authorization]);
    return Response.json({ apps: [{ clientId: "a", accessible: true }, { clientId: "b" }] });
  };

  const apps = await accessibleApps("https://sso.test/realms/mana/", "t", fetcher);

  assert.deepEqual(apps.map((app) => app.clientId), ["a"]);
  assert.deepEqual(asked, [["https://sso.test/realms/mana/access-tier/apps", "Bearer t"]]);
});

test("says when the list is refused", async () => {
  const fetcher = async () => new Response("{}", { status: 401 });

  await assert.rejects(accessibleApps("https://sso.test/realms/mana", "t", fetcher), /401/);
});

test("declares what it exports", async () => {
  const types = await readFile(new URL("access-tier.d.ts", import.meta.url), "utf8");

  Object.keys(module).forEach((name) =>
    assert.match(types, new RegExp(`export declare (function|const) ${name}\\b`)),
  );
});
