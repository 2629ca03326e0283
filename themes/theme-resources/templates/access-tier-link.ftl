<#import "template.ftl" as layout>
<#-- A link that was mailed: what it does, or why it does nothing, and one way on. -->
<#assign
  link = properties.kcButtonLinkClass!properties.kcButtonClass!""
  block = properties.kcButtonBlockClass!"">
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg(accessTierTitle)}
  <#elseif section = "form">
    <p id="access-tier-message" class="${properties.kcAccessTierNoteClass!"pf-v5-u-mb-lg pf-v5-u-text-break-word"}">${msg(accessTierSentence, accessTierPerson!"")}</p>
    <div class="${properties.kcAccessTierLinksClass!"pf-v5-l-flex pf-m-column pf-m-align-items-stretch pf-v5-u-pb-md"}">
      <a id="access-tier-proceed" class="${properties.kcButtonPrimaryClass!properties.kcButtonClass!""} ${block}" href="${accessTierNext}">${msg(accessTierNextLabel)}</a>
      <#if accessTierNewMail??>
        <a id="access-tier-new-mail" class="${link} ${block}" href="${accessTierNewMail}">${msg("accessTierLinkNewMail")}</a>
      </#if>
    </div>
  </#if>
</@layout.registrationLayout>
