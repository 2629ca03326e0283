// SPDX-License-Identifier: Apache-2.0
// What an app in a browser needs to know of access tiers. No dependencies; the same file is served by
// Keycloak at /realms/{realm}/access-tier/access-tier.js.

/** The tiers, from the lowest up. */
export const TIERS = Object.freeze(["guest", "public", "beta", "alpha", "founder"]);

const LABELS = Object.freeze({
  en: Object.freeze({
    guest: "Guest",
    public: "Standard",
    beta: "Beta",
    alpha: "Alpha",
    founder: "Founder",
  }),
  de: Object.freeze({
    guest: "Gast",
    public: "Standard",
    beta: "Beta",
    alpha: "Alpha",
    founder: "Founder",
  }),
});

/** What a tier is called in a language; English where the language is not known. */
export const tierLabel = (tier, language = "en") =>
  (LABELS[language.toLowerCase().split("-")[0]] ?? LABELS.en)[tier] ?? tier;

/** 0 to 4; -1 for what is no tier. */
export const tierLevel = (tier) => TIERS.indexOf(tier);

/**
 * Whether somebody of a tier may enter an app, as Keycloak decides it: a user without a tier counts
 * as public, one with an unknown tier as guest; an app without a required tier is open, one whose
 * required tier is unknown is closed.
 */
export const hasAppAccess = (tier, required) => {
  if (required === undefined || required === null || required === "") {
    return true;
  }
  const own = tier === undefined || tier === null || tier === "" ? "public" : tier;
  const needed = tierLevel(required);
  return needed >= 0 && Math.max(tierLevel(own), 0) >= needed;
};

/**
 * The apps that the person may enter.
 *
 * @param realmUrl as https://sso.example/realms/mana
 * @param token an access token of the person
 */
export const accessibleApps = async (realmUrl, token, fetcher = fetch) => {
  const answer = await fetcher(`${realmUrl.replace(/\/+$/, "")}/access-tier/apps`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) {
    throw new Error(`The list of apps was refused with status ${answer.status}`);
  }
  const { apps } = await answer.json();
  return apps.filter((app) => app.accessible);
};

/**
 * <access-tier-gate tier="beta" required="alpha">…<p slot="denied">Not yet</p></access-tier-gate>
 * shows its content, or what is in slot "denied". It is for looks alone: what must not be seen must
 * not be sent.
 */
export const defineGate = (name = "access-tier-gate") => {
  class AccessTierGate extends HTMLElement {
    static observedAttributes = ["tier", "required"];

    #slot = document.createElement("slot");

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).append(this.#slot);
    }

    connectedCallback() {
      this.#decide();
    }

    attributeChangedCallback() {
      this.#decide();
    }

    #decide() {
      const open = hasAppAccess(this.getAttribute("tier"), this.getAttribute("required"));
      this.#slot.name = open ? "" : "denied";
    }
  }
  if (!customElements.get(name)) {
    customElements.define(name, AccessTierGate);
  }
};
