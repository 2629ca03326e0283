/**
 * Refuses users below an app's required tier: {@link dev.accesstier.keycloak.gate.TokenGateFactory}
 * on every OIDC grant, {@link dev.accesstier.keycloak.gate.TierRequiredActionFactory} on every
 * login in a browser, {@link dev.accesstier.keycloak.gate.AccessTokenIntrospectionFactory} and
 * {@link dev.accesstier.keycloak.gate.UserInfoExecutorFactory} for tokens issued before a demotion.
 *
 * <p>What is decided lives in {@code tier}; this package knows where to ask and how to say no.
 */
@NullMarked
package dev.accesstier.keycloak.gate;

import org.jspecify.annotations.NullMarked;
