/**
 * What Better Auth gave people before the switch still signs them in: its session cookie and the
 * links it mailed. Signing out reaches its sessions too.
 */
@NullMarked
package dev.accesstier.keycloak.login;

import org.jspecify.annotations.NullMarked;
