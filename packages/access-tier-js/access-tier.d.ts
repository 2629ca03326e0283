// SPDX-License-Identifier: Apache-2.0

export type Tier = "guest" | "public" | "beta" | "alpha" | "founder";

export interface App {
  clientId: string;
  name: string | null;
  /** In the language of the request where the app has one. */
  description: string | null;
  /** Address of a picture. */
  icon: string | null;
  /** Where the app begins. */
  url: string | null;
  /** null: open to all. */
  requiredTier: string | null;
  accessible: boolean;
  comingSoon: boolean;
}

/** The tiers, from the lowest up. */
export declare const TIERS: readonly Tier[];

/** What a tier is called in a language; English where the language is not known. */
export declare function tierLabel(tier: string, language?: string): string;

/** 0 to 4; -1 for what is no tier. */
export declare function tierLevel(tier: string): number;

/** Whether somebody of a tier may enter an app, as Keycloak decides it. */
export declare function hasAppAccess(
  tier: string | null | undefined,
  required: string | null | undefined,
): boolean;

/**
 * The apps that the person may enter. Throws when Keycloak refuses the list.
 *
 * @param realmUrl as https://sso.example/realms/mana
 * @param token an access token of the person
 */
export declare function accessibleApps(
  realmUrl: string,
  token: string,
  fetcher?: typeof fetch,
): Promise<App[]>;

/** Defines the custom element, by default `access-tier-gate`. */
export declare function defineGate(name?: string): void;
