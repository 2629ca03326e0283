// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import java.util.List;

/**
 * How a component's database is at the moment, on this node.
 *
 * @param reachable whether a connection could be had
 * @param problems what an admin has to correct, in sentences; empty when all is well
 * @param found tables and columns that are there and that not every service has, by name
 * @param missing such tables that are not there or cannot be read, with what it means, in sentences
 * @param active connections in use
 * @param idle connections that are open and free
 * @param waiting requests that wait for one
 * @param max connections at most
 */
public record AuthDatabaseStatus(
    boolean reachable,
    List<String> problems,
    List<String> found,
    List<String> missing,
    long active,
    long idle,
    long waiting,
    int max) {}
