// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.UserModel;
import org.keycloak.userprofile.AttributeContext;
import org.keycloak.userprofile.AttributeMetadata;
import org.keycloak.userprofile.AttributeValidatorMetadata;
import org.keycloak.userprofile.UserProfileAttributeValidationContext;
import org.keycloak.validate.SimpleValidator;
import org.keycloak.validate.ValidationContext;
import org.keycloak.validate.ValidatorConfig;
import org.keycloak.validate.Validators;

/**
 * Asks another validator, but only about a value that is not the stored one. Better Auth is less
 * strict about names and pictures than a profile of Keycloak, and its users must neither be asked
 * to correct what they have nor be out of an admin's reach because of it.
 */
public final class StoredValueValidator implements SimpleValidator {

  private static final String ID = "auth-schema-stored-value";
  private static final String VALIDATOR = "validator";
  private static final String CONFIG = "config";

  /** The attribute with all of its validators asked in this way. */
  static AttributeMetadata around(AttributeMetadata attribute) {
    List<AttributeValidatorMetadata> validators = attribute.getValidators();
    return validators == null
        ? attribute
        : attribute.setValidators(validators.stream().map(StoredValueValidator::around).toList());
  }

  private static AttributeValidatorMetadata around(AttributeValidatorMetadata validator) {
    return new AttributeValidatorMetadata(
        ID,
        new ValidatorConfig(
            Map.of(VALIDATOR, validator.getValidatorId(), CONFIG, validator.getValidatorConfig())));
  }

  @Override
  public String getId() {
    return ID;
  }

  @Override
  @SuppressWarnings("unchecked") // as around() wrote it
  public ValidationContext validate(
      @Nullable Object value, String name, ValidationContext context, ValidatorConfig config) {
    AttributeContext attribute =
        UserProfileAttributeValidationContext.from(context).getAttributeContext();
    if (isStored(attribute.getUser(), name, value)) {
      return context;
    }
    Map<String, Object> settings = (Map<String, Object>) config.get(CONFIG);
    return Validators.validator(context.getSession(), config.getString(VALIDATOR))
        .validate(value, name, context, new ValidatorConfig(settings));
  }

  private static boolean isStored(@Nullable UserModel user, String name, @Nullable Object value) {
    return user != null
        && value instanceof List<?> values
        && !values.isEmpty()
        && values.equals(user.getAttributeStream(name).toList());
  }
}
