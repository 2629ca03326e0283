# The component in an existing realm. Terraform cannot choose its id, which is part of the ids of its
# users: do not destroy it once people have signed in.
terraform {
  required_providers {
    keycloak = {
      source  = "keycloak/keycloak"
      version = "~> 5.9"
    }
  }
}

variable "realm_id" {
  type = string
}

resource "keycloak_custom_user_federation" "better_auth" {
  realm_id     = var.realm_id
  name         = "Better Auth"
  provider_id  = "auth-schema"
  enabled      = true
  priority     = 0
  cache_policy = "MAX_LIFESPAN"

  config = {
    maxLifespan   = "60000"
    editMode      = "READ_ONLY"
    tierEditable  = "true"
    changesPeriod = "5"
  }

  lifecycle {
    prevent_destroy = true
  }
}
