#!/usr/bin/env bash
# Brings what mana-realm.json holds, apart from the apps, into a realm that is there already.
# Needs bash and kcadm.sh, nothing else, so that it also runs inside Keycloak's own image.
set -euo pipefail

PROVIDER=auth-schema
STORAGE_TYPE=org.keycloak.storage.UserStorageProvider
KEYS=auth-schema-jwks
KEYS_TYPE=org.keycloak.keys.KeyProvider
DEFAULT_ID=mana-better-auth-users
ADMIN_ROLES=(view-users manage-users view-clients manage-clients view-events)
REFUSALS=(REFRESH_TOKEN_ERROR INTROSPECT_TOKEN_ERROR USER_INFO_REQUEST_ERROR PERMISSION_TOKEN_ERROR)
CONSOLE=access-tier-console
OWN=access-tier
CONSOLE_ROLES=(view-users manage-users view-clients manage-clients view-events)

usage() {
  local text
  IFS= read -r -d '' text <<EOF || :
Usage: ${0##*/} [--without-admin-roles] [--master] REALM [COMPONENT_ID]

Adds to an existing realm: the user storage component, the key provider that publishes the keys of
the old service, the roles user, admin and service, the
client scopes access-tier (a realm default), mana-claims and access-tier-saml, the attribute
access_tier of the user profile, its English and German labels, the required action
access-tier-gate, a client profile and policy for userinfo, the client of the page on which
admins edit tiers, and the client access-tier, which holds the role of bots. What is there already stays as it is, so the script can be run again. Admin
events, which tell of every change of a tier, are switched on, and the types of user events that
refusals are reported as join those that the realm stores.

  REALM         the realm's name
  COMPONENT_ID  id of the component, 22 of 0-9 A-Z a-z _ -, never to be changed afterwards
                because user ids contain it (default: $DEFAULT_ID). Each realm of a
                server needs its own.
  --without-admin-roles
                leaves the role admin without rights in Keycloak. Otherwise it is given these
                of realm-management, and so is everybody who holds it already:
                ${ADMIN_ROLES[*]}
  --master      lets admins of realm master use the page for tiers as well: adds its client there

Environment:
  KCADM           path of kcadm.sh (default: kcadm.sh)
  KCADM_CONFIG    kcadm's configuration file (default: kcadm's own)
  KCADM_SERVER, KCADM_USER, KCADM_PASSWORD
                  sign in first, to realm KCADM_REALM (default: master). Without KCADM_SERVER the
                  session that "kcadm.sh config credentials" opened is used.

The connection is not set here: it comes from the server's spi-storage--auth-schema--... options,
or from the component's page in the console.
EOF
  printf '%s' "$text"
}

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

kc() {
  local command=$1
  shift
  if [[ -n ${KCADM_CONFIG:-} ]]; then
    "$KCADM" "$command" "$@" --config "$KCADM_CONFIG"
  else
    "$KCADM" "$command" "$@"
  fi
}

# get PATH [options]: a resource of the realm
get() {
  local error
  {
    error=$(kc get "$1" -r "$REALM" "${@:2}" 2>&1 >&3) ||
      die "cannot read $1 of realm $REALM: $error"
  } 3>&1
}

# column PATH FIELDS [options]: one line for each element of a list
column() { get "$1" --fields "$2" --format csv --noquotes "${@:3}"; }

# change create|update PATH [options]: says what kcadm says only when it fails
change() {
  local answer
  answer=$(kc "$1" "$2" -r "$REALM" "${@:3}" 2>&1) || die "cannot $1 $2 in realm $REALM: $answer"
}

# send create|update PATH: the same, with the body from standard input
send() { change "$1" "$2" -f -; }

# has_line TEXT LINE
has_line() { [[ $'\n'"$1"$'\n' == *$'\n'"$2"$'\n'* ]]; }

# id_of TEXT NAME: the id in lines of "id,name"; empty when there is none
id_of() {
  local line
  while IFS= read -r line; do
    if [[ ${line#*,} == "$2" ]]; then
      printf '%s' "${line%%,*}"
      return
    fi
  done <<<"$1"
}

# read_list JSON KEY: of the list under KEY of a JSON object, where it ends (LIST_END), how many
# elements it has (LIST_SIZE) and what they are called (LIST_NAMES, one a line)
read_list() {
  local LC_ALL=C # offsets in bytes
  local json=$1 key=$2 rest=$1 pos=0 open='' word='' attribute='' inside=0 char part
  LIST_END=-1 LIST_SIZE=0 LIST_NAMES=''
  while [[ -n $rest ]]; do
    part=${rest%%[\"\{\}\[\]:,]*}
    pos=$((pos + ${#part})) rest=${rest:${#part}}
    char=${rest:0:1}
    pos=$((pos + 1)) rest=${rest:1}
    case $char in
      '"')
        word=''
        while part=${rest%%[\"\\]*} && [[ ${rest:${#part}:1} == \\ ]]; do
          word+=${rest:0:${#part}+2}
          pos=$((pos + ${#part} + 2)) rest=${rest:${#part}+2}
        done
        word+=$part
        pos=$((pos + ${#part} + 1)) rest=${rest:${#part}+1}
        if ((inside)) && [[ $open == '{[{' && $attribute == name ]]; then
          LIST_NAMES+=$word$'\n'
        fi
        ;;
      :) attribute=$word ;;
      ,) attribute='' ;;
      '{' | '[')
        if [[ $char == '[' && $open == '{' && $attribute == "$key" ]]; then
          inside=1
        elif ((inside)) && [[ $open == '{[' ]]; then
          LIST_SIZE=$((LIST_SIZE + 1))
        fi
        open+=$char attribute=''
        ;;
      '}' | ']')
        open=${open%?} attribute=''
        if ((inside)) && [[ $open == '{' ]]; then
          LIST_END=$((pos - 1))
          return
        fi
        ;;
    esac
  done
}

# appended JSON ELEMENT: JSON with ELEMENT at the end of the list that read_list found
appended() {
  local LC_ALL=C
  local comma=''
  if ((LIST_SIZE > 0)); then comma=', '; fi
  printf '%s%s%s%s' "${1:0:LIST_END}" "$comma" "$2" "${1:LIST_END}"
}

# extend PATH KEY NAME ELEMENT: ELEMENT into the list under KEY, unless one is called NAME
extend() {
  local json
  json=$(get "$1") || exit 1
  read_list "$json" "$2"
  ((LIST_END >= 0)) || die "no list \"$2\" in $1 of realm $REALM"
  if has_line "$LIST_NAMES" "$3"; then
    say "kept      $2: $3"
  else
    appended "$json" "$4" | send update "$1"
    say "added     $2: $3"
  fi
}

component() {
  local components
  components=$(column components id,providerId -q "type=$STORAGE_TYPE") || exit 1
  if has_line "$components" "$COMPONENT_ID,$PROVIDER"; then
    say "kept      component $COMPONENT_ID"
  elif [[ -z $GIVEN_ID && -n $(id_of "$components" "$PROVIDER") ]]; then
    say "kept      component $(id_of "$components" "$PROVIDER"), of provider $PROVIDER as well"
  else
    ((${#COMPONENT_ID} == 22)) ||
      die "the id of a new component has 22 of 0-9 A-Z a-z _ -, what Keycloak expects in user ids: $COMPONENT_ID has ${#COMPONENT_ID}"
    kc create components -r "$REALM" -i -f - >/dev/null <<EOF || die \
      "cannot create component $COMPONENT_ID. Is the JAR in Keycloak's providers folder? Does another realm have a component of this id? Then name another one."
{ "id": "$COMPONENT_ID", "name": "Better Auth", "providerId": "$PROVIDER",
  "providerType": "$STORAGE_TYPE",
  "config": { "enabled": ["true"], "priority": ["0"], "cachePolicy": ["MAX_LIFESPAN"],
    "maxLifespan": ["60000"], "editMode": ["READ_ONLY"] } }
EOF
    say "added     component $COMPONENT_ID"
  fi
}

keys() {
  local components
  components=$(column components id,providerId -q "type=$KEYS_TYPE") || exit 1
  if [[ -n $(id_of "$components" "$KEYS") ]]; then
    say "kept      key provider $KEYS"
  else
    change create components -s name='Keys of Better Auth' -s "providerId=$KEYS" \
      -s "providerType=$KEYS_TYPE"
    say "added     key provider $KEYS"
  fi
}

# role NAME DESCRIPTION
role() {
  if has_line "$ROLES" "$1"; then
    say "kept      role $1"
  else
    change create roles -s "name=$1" -s "description=$2"
    say "added     role $1"
  fi
}

roles() {
  local name options=()
  ROLES=$(column roles name) || exit 1
  role user "Signs in to the apps"
  role admin "Administers users' tiers and the tiers that apps require"
  role service "A service's own account, not a person"
  if ((WITH_ADMIN_ROLES)); then
    for name in "${ADMIN_ROLES[@]}"; do options+=(--rolename "$name"); done
    kc add-roles -r "$REALM" --rname admin --cclientid realm-management "${options[@]}" >/dev/null ||
      die "cannot give role admin its roles of realm-management"
    say "ensured   role admin contains ${ADMIN_ROLES[*]}"
  fi
}

# scope NAME PROTOCOL DESCRIPTION [ATTRIBUTES]: sets SCOPE, its id, and MAPPERS, the names of its mappers
scope() {
  local consent=${4:-'"display.on.consent.screen": "false"'}
  SCOPE=$(id_of "$SCOPES" "$1") PROTOCOL=$2 MAPPERS='' NEW_MAPPERS=''
  if [[ -n $SCOPE ]]; then
    MAPPERS=$(column "client-scopes/$SCOPE/protocol-mappers/models" name) || exit 1
    say "kept      client scope $1"
  else
    SCOPE=$(
      kc create client-scopes -r "$REALM" -i -f - <<EOF
{ "name": "$1", "protocol": "$2", "description": "$3",
  "attributes": { "include.in.token.scope": "true", $consent } }
EOF
    ) || die "cannot create client scope $1"
    say "added     client scope $1"
  fi
}

# mapper NAME PROVIDER CONFIG: of the last scope
mapper() {
  if has_line "$MAPPERS" "$1"; then
    say "kept        mapper $1"
  else
    NEW_MAPPERS+="${NEW_MAPPERS:+, }{ \"name\": \"$1\", \"protocol\": \"$PROTOCOL\","
    NEW_MAPPERS+=" \"protocolMapper\": \"$2\", \"config\": { $3 } }"
    say "added       mapper $1"
  fi
}

add_mappers() {
  if [[ -n $NEW_MAPPERS ]]; then
    send create "client-scopes/$SCOPE/protocol-mappers/add-models" <<<"[$NEW_MAPPERS]"
  fi
}

scopes() {
  local defaults
  local tokens='"access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true", "introspection.token.claim": "true", "lightweight.claim": "false"'
  SCOPES=$(column client-scopes id,name) || exit 1

  scope mana-claims openid-connect \
    "The claims that apps of a Better Auth service read: sub, email, tier and role; sid is in every token anyway"
  mapper sub oidc-auth-schema-subject-mapper "$tokens"
  mapper email oidc-usermodel-attribute-mapper \
    "\"user.attribute\": \"email\", \"claim.name\": \"email\", \"jsonType.label\": \"String\", $tokens"
  mapper tier oidc-access-tier-mapper "\"claim.name\": \"tier\", $tokens"
  mapper role oidc-auth-schema-role-mapper \
    "\"claim.name\": \"role\", \"jsonType.label\": \"String\", $tokens"
  add_mappers

  scope settings openid-connect \
    "What people have set in the app, at userinfo and introspection, and its own part of the settings API" \
    "\"display.on.consent.screen\": \"true\", \"consent.screen.text\": \"\${accessTierSettingsScope}\""
  mapper settings oidc-auth-schema-settings-mapper \
    '"userinfo.token.claim": "true", "introspection.token.claim": "true"'
  add_mappers

  scope access-tier-saml saml "The user's access tier as SAML attribute access_tier"
  mapper "access tier" saml-access-tier-mapper \
    '"attribute.name": "access_tier", "attribute.nameformat": "Basic"'
  add_mappers

  scope access-tier openid-connect "The user's access tier as claim access_tier"
  mapper "access tier" oidc-access-tier-mapper "\"claim.name\": \"access_tier\", $tokens"
  add_mappers
  defaults=$(column default-default-client-scopes name) || exit 1
  if has_line "$defaults" access-tier; then
    say "kept      realm default client scope access-tier"
  else
    change update "default-default-client-scopes/$SCOPE" -n -b '{}'
    say "added     realm default client scope access-tier, for clients made from now on"
  fi
}

profile() {
  # shellcheck disable=SC2016
  extend users/profile attributes access_tier '{
  "name": "access_tier",
  "displayName": "${accessTier}",
  "validations": { "options": { "options": ["guest", "public", "beta", "alpha", "founder"] } },
  "annotations": {
    "inputType": "select",
    "inputHelperTextBefore": "${accessTierHelp}",
    "inputOptionLabels": {
      "guest": "${accessTier.guest}",
      "public": "${accessTier.public}",
      "beta": "${accessTier.beta}",
      "alpha": "${accessTier.alpha}",
      "founder": "${accessTier.founder}"
    }
  },
  "permissions": { "view": ["admin", "user"], "edit": ["admin"] },
  "multivalued": false
}'
}

# texts LOCALE [KEY TEXT]...: TEXT is JSON, in ASCII so that no terminal's encoding matters
texts() {
  local locale=$1 present body='' added=''
  shift
  present=$(get "localization/$locale") || exit 1
  while (($# > 0)); do
    if [[ $present != *"\"$1\" :"* && $present != *"\"$1\":"* ]]; then
      body+="${body:+, }\"$1\": \"$2\""
      added+=" $1"
    fi
    shift 2
  done
  if [[ -z $body ]]; then
    say "kept      texts in $locale"
  else
    send create "localization/$locale" <<<"{ $body }"
    say "added     texts in $locale:$added"
  fi
}

localization() {
  texts en \
    accessTier "Access tier" \
    accessTierHelp "Which apps are open to this person, from Guest (fewest) to Founder (all)" \
    accessTier.guest Guest accessTier.public Standard accessTier.beta Beta \
    accessTier.alpha Alpha accessTier.founder Founder \
    accessTierTemporarilyUnavailable \
    "Your access cannot be checked at the moment. Please try again in a few minutes." \
    emailSendErrorMessage \
    "The e-mail could not be sent. Please contact the administrator of this service."
  texts de \
    accessTier Zugangsstufe \
    accessTierHelp "Welche Apps dieser Person offenstehen, von Gast (am wenigsten) bis Founder (alle)" \
    accessTier.guest Gast accessTier.public Standard accessTier.beta Beta \
    accessTier.alpha Alpha accessTier.founder Founder \
    accessTierTemporarilyUnavailable \
    'Dein Zugang kann gerade nicht gepr\u00fcft werden. Bitte versuche es in ein paar Minuten noch einmal.' \
    emailSendErrorMessage \
    'Die E-Mail konnte nicht gesendet werden. Bitte wende dich an die Administration dieses Dienstes.'
}

required_action() {
  local id=access-tier-gate registered available
  registered=$(column authentication/required-actions alias,enabled) || exit 1
  if has_line "$registered" "$id,true"; then
    say "kept      required action $id"
    return
  fi
  if ! has_line "$registered" "$id,false"; then
    available=$(column authentication/unregistered-required-actions providerId) || exit 1
    has_line "$available" "$id" ||
      die "this server knows no required action $id: is the JAR in its providers folder?"
    send create authentication/register-required-action \
      <<<"{ \"providerId\": \"$id\", \"name\": \"Access tier\" }"
  fi
  send update "authentication/required-actions/$id" <<EOF
{ "alias": "$id", "providerId": "$id", "name": "Access tier", "enabled": true,
  "defaultAction": false, "priority": 1000, "config": {} }
EOF
  say "enabled   required action $id"
}

policy() {
  extend client-policies/profiles profiles access-tier '{
  "name": "access-tier",
  "description": "Refuses userinfo to users below an app'"'"'s required tier",
  "executors": [{ "executor": "access-tier-userinfo", "configuration": {} }]
}'
  extend client-policies/policies policies access-tier '{
  "name": "access-tier",
  "description": "Applies profile access-tier to every client; those without a required tier stay open",
  "enabled": true,
  "conditions": [{ "condition": "any-client", "configuration": {} }],
  "profiles": ["access-tier"]
}'
  extend client-policies/profiles profiles access-tier-old-tokens '{
  "name": "access-tier-old-tokens",
  "description": "Revokes opaque tokens of the old service, where the component takes them",
  "executors": [{ "executor": "access-tier-old-tokens", "configuration": {} }]
}'
  extend client-policies/policies policies access-tier-old-tokens '{
  "name": "access-tier-old-tokens",
  "description": "Applies profile access-tier-old-tokens to every client",
  "enabled": true,
  "conditions": [{ "condition": "any-client", "configuration": {} }],
  "profiles": ["access-tier-old-tokens"]
}'
}

# console MANAGEMENT: MANAGEMENT is the client with the roles of the realm's admin API
console() {
  local clients id
  clients=$(column clients id,clientId -q "clientId=$CONSOLE") || exit 1
  id=$(id_of "$clients" "$CONSOLE")
  if [[ -n $id ]]; then
    if [[ $REALM == master ]]; then console_roles "$id" "$1"; fi
    say "kept      client $CONSOLE"
    return
  fi
  id=$(
    kc create clients -r "$REALM" -i -f - <<EOF
{ "clientId": "$CONSOLE", "name": "Access tiers", "enabled": true, "protocol": "openid-connect",
  "description": "The page on which admins edit tiers", "publicClient": true,
  "standardFlowEnabled": true, "directAccessGrantsEnabled": false, "fullScopeAllowed": false,
  "rootUrl": "\${authBaseUrl}", "baseUrl": "/realms/$REALM/access-tier/console",
  "redirectUris": ["/realms/$REALM/access-tier/console"], "webOrigins": ["+"],
  "attributes": { "pkce.code.challenge.method": "S256", "post.logout.redirect.uris": "+" } }
EOF
  ) || die "cannot create client $CONSOLE"
  console_roles "$id" "$1"
  say "added     client $CONSOLE: open /realms/$REALM/access-tier/console"
}

# The same page for admins of realm master, who open it with the other realm's name.
console_in_master() {
  local of=$REALM
  local REALM=master
  console "$of-realm"
  say "master    open /realms/master/access-tier/console?realm=$of"
}

# console_roles ID MANAGEMENT: what the client passes on of its users' rights, and nothing else
console_roles() {
  local management name roles='' found
  management=$(id_of "$(column clients id,clientId -q "clientId=$2")" "$2")
  for name in "${CONSOLE_ROLES[@]}"; do
    found=$(get "clients/$management/roles/$name" --fields id,name) || exit 1
    roles+="${roles:+, }$found"
  done
  send create "clients/$1/scope-mappings/clients/$management" <<<"[$roles]"
}

# The client that holds the roles of the extension's own APIs; nobody signs in to it.
own_roles() {
  local clients id roles
  clients=$(column clients id,clientId -q "clientId=$OWN") || exit 1
  id=$(id_of "$clients" "$OWN")
  if [[ -n $id ]]; then
    say "kept      client $OWN"
  else
    id=$(
      kc create clients -r "$REALM" -i -f - <<EOF
{ "clientId": "$OWN", "name": "Access tier", "enabled": true, "protocol": "openid-connect",
  "description": "Holds the roles of the extension's own APIs; nobody signs in to it",
  "bearerOnly": true, "standardFlowEnabled": false, "directAccessGrantsEnabled": false,
  "fullScopeAllowed": false }
EOF
    ) || die "cannot create client $OWN"
    say "added     client $OWN"
  fi
  roles=$(column "clients/$id/roles" name) || exit 1
  if has_line "$roles" matrix-links; then
    say "kept      role matrix-links of client $OWN"
  else
    change create "clients/$id/roles" -s name=matrix-links \
      -s "description=For service accounts of bots: asks whose a Matrix account is, and acts for that person"
    say "added     role matrix-links of client $OWN"
  fi
}

# What refusals are reported as, and Keycloak does not store of itself. They count when the realm
# stores user events, which stays its own choice.
events() {
  local types type added=''
  types=$(get events/config --fields enabledEventTypes) || exit 1
  types=${types#*[} types=${types%]*}
  for type in "${REFUSALS[@]}"; do
    if [[ $types != *"\"$type\""* ]]; then
      types+=", \"$type\""
      added+=" $type"
    fi
  done
  change update events/config -s adminEventsEnabled=true -s "enabledEventTypes=[$types]"
  say "ensured   admin events are stored"
  if [[ -n $added ]]; then say "added     event types:$added"; else say "kept      event types"; fi
}

sign_in() {
  [[ -n ${KCADM_USER:-} && -n ${KCADM_PASSWORD:-} ]] ||
    die "KCADM_SERVER needs KCADM_USER and KCADM_PASSWORD as well"
  KC_CLI_PASSWORD=$KCADM_PASSWORD kc config credentials --server "$KCADM_SERVER" \
    --realm "${KCADM_REALM:-master}" --user "$KCADM_USER" ||
    die "cannot sign in to $KCADM_SERVER"
}

KCADM=${KCADM:-kcadm.sh}
WITH_ADMIN_ROLES=1
MASTER=0
ARGUMENTS=()
for argument in "$@"; do
  case $argument in
    -h | --help)
      usage
      exit
      ;;
    --without-admin-roles) WITH_ADMIN_ROLES=0 ;;
    --master) MASTER=1 ;;
    -*) die "unknown option $argument, see --help" ;;
    *) ARGUMENTS+=("$argument") ;;
  esac
done
if ((${#ARGUMENTS[@]} < 1 || ${#ARGUMENTS[@]} > 2)); then
  usage >&2
  exit 2
fi
REALM=${ARGUMENTS[0]}
GIVEN_ID=${ARGUMENTS[1]:-}
COMPONENT_ID=${GIVEN_ID:-$DEFAULT_ID}
[[ $COMPONENT_ID =~ ^[0-9A-Za-z_-]{1,36}$ ]] ||
  die "the component's id has 22 of 0-9 A-Z a-z _ -: $COMPONENT_ID"
command -v "$KCADM" >/dev/null || die "$KCADM not found: name it in KCADM"

if [[ -n ${KCADM_SERVER:-} ]]; then sign_in; fi
ERROR=$(kc get "realms/$REALM" --fields realm 2>&1) ||
  die "no realm $REALM, or no kcadm session that may see it: $ERROR"

component
keys
roles
scopes
profile
localization
required_action
policy
console realm-management
if ((MASTER)); then console_in_master; fi
own_roles
events
say "Realm $REALM is set up. Clients from before get the claims once client scope access-tier is added to them."
