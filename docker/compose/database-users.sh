#!/usr/bin/env bash
# Runs once, in a new database: Keycloak's own, and the two users that Keycloak connects as. psql
# takes the passwords from the environment: its arguments are in the list of processes.
psql -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB" <<'SQL'
\getenv keycloak KEYCLOAK_DB_PASSWORD
\getenv auth AUTH_DB_PASSWORD
create user keycloak password :'keycloak';
create database keycloak owner keycloak;
create user keycloak_auth password :'auth' in role access_tier_writer;
SQL
