#!/usr/bin/env bash
# Runs once, in a new database: Keycloak's own, and the two users that Keycloak connects as.
psql -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB" \
  -v keycloak="$KEYCLOAK_DB_PASSWORD" -v auth="$AUTH_DB_PASSWORD" <<'SQL'
create user keycloak password :'keycloak';
create database keycloak owner keycloak;
create user keycloak_auth password :'auth' in role access_tier_writer;
SQL
