#!/bin/sh
# Prints a KeycloakRealmImport of the realm file for `kubectl apply -f -`. The operator makes a realm
# that is not there, and never changes one.
set -eu
cd "$(dirname "$0")/../.."
cat <<'YAML'
apiVersion: k8s.keycloak.org/v2alpha1
kind: KeycloakRealmImport
metadata:
  name: mana
spec:
  keycloakCRName: keycloak
  realm:
YAML
# JSON is YAML, as long as it is indented.
sed 's/^/    /' realm-export/mana-realm.json
