<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "buttons.ftl" as buttons>
<#-- Keycloak lists the apps that it keeps itself. Those of the schema are not among them, and for
     them a backup code is taken in place of the code, which has letters: no keypad of digits. -->
<#assign ofSchema = otpLogin.userOtpCredentials?size == 0>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('totp'); section>
  <#if section = "header">
    ${msg("doLogIn")}
  <#elseif section = "form">
    <form id="kc-otp-login-form" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post">
      <#if otpLogin.userOtpCredentials?size gt 1>
        <fieldset class="${properties.kcFormGroupClass!}">
          <legend class="${properties.kcFormLabelTextClass!}">${msg("accessTierWhichApp")}</legend>
          <#list otpLogin.userOtpCredentials as app>
            <label class="${properties.kcCheckboxClass!}">
              <input class="${properties.kcCheckboxInputClass!}" type="radio" name="selectedCredentialId" value="${app.id}"
                <#if app.id == (otpLogin.selectedCredentialId!'')>checked</#if>>
              <span class="${properties.kcCheckboxLabelClass!}">${app.userLabel!}</span>
            </label>
          </#list>
        </fieldset>
      <#else>
        <input type="hidden" name="selectedCredentialId" value="${otpLogin.selectedCredentialId!''}">
      </#if>
      <#-- A section before the token changes nothing for the browser's help, and keeps letters. -->
      <@field.input name="otp" fieldName="totp" autofocus=true
        label=msg(ofSchema?then("accessTierCodeOrBackup", "accessTierCode"))
        autocomplete=ofSchema?then("section-code one-time-code", "one-time-code") />
      <#if ofSchema>
        <p class="${properties.kcInputHelperTextClass!}">${msg("accessTierBackupCode")}</p>
      </#if>
      <@buttons.loginButton />
    </form>
  </#if>
</@layout.registrationLayout>
