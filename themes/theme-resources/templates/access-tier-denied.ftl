<#import "template.ftl" as layout>
<#macro row name value>
  <div class="${properties.kcAccessTierRowClass!"pf-v5-c-description-list__group"}">
    <dt class="${properties.kcAccessTierTermClass!"pf-v5-c-description-list__term"}">${msg("accessTierRow." + name)}</dt>
    <dd class="${properties.kcAccessTierValueClass!"pf-v5-c-description-list__description"}" id="access-tier-${name}">${value}</dd>
  </div>
</#macro>
<#-- Text, in which the first address becomes a link; everything is escaped, as all text here is. -->
<#macro note text>
  <#local found = text?matches(r"(.*?)(https://[^\s<>]*[^\s<>.,;:!?)])(.*)", "s")>
  <#if found>${found?groups[1]}<a href="${found?groups[2]}" rel="noopener noreferrer">${found?groups[2]}</a>${found?groups[3]}<#else>${text}</#if>
</#macro>
<#assign
  app = client.name?has_content?then(advancedMsg(client.name!), client.clientId)
  link = properties.kcButtonLinkClass!properties.kcButtonClass!""
  block = properties.kcButtonBlockClass!"">
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${app}
  <#elseif section = "form">
    <p id="access-tier-message">
      <#if accessTierRequired?? && accessTierRequired == "public">
        ${msg("accessTierDeniedPublic")}
      <#elseif accessTierRequired??>
        ${msg("accessTierDenied", msg("accessTierLabel." + accessTierRequired))}
      <#else>
        ${msg("accessTierClosed")}
      </#if>
    </p>
    <dl class="${properties.kcAccessTierRowsClass!"pf-v5-c-description-list pf-m-horizontal pf-m-compact pf-v5-u-my-lg"}">
      <@row name="account" value=accessTierPerson/>
      <@row name="user" value=msg("accessTierLabel." + accessTierUser)/>
      <#if accessTierRequired??>
        <@row name="required" value=msg("accessTierLabel." + accessTierRequired)/>
      </#if>
    </dl>
    <#if accessTierNote??>
      <p id="access-tier-note" class="${properties.kcAccessTierNoteClass!"pf-v5-u-mb-lg pf-v5-u-text-break-word"}"><@note text=advancedMsg(accessTierNote)/></p>
    </#if>
    <div class="${properties.kcAccessTierLinksClass!"pf-v5-l-flex pf-m-column pf-m-align-items-stretch pf-v5-u-pb-md"}">
      <a id="access-tier-overview" class="${properties.kcButtonPrimaryClass!properties.kcButtonClass!""} ${block}" href="${accessTierNext}">${msg(accessTierNextLabel)}</a>
      <#if client.baseUrl?has_content>
        <a id="access-tier-retry" class="${properties.kcButtonSecondaryClass!properties.kcButtonClass!""} ${block}" href="${client.baseUrl}">${msg("accessTierRetry")}</a>
      </#if>
      <#if accessTierBack??>
        <form action="${url.loginAction}" method="post">
          <button id="access-tier-back" type="submit" name="${accessTierBack}" value="true" class="${properties.kcButtonSecondaryClass!properties.kcButtonClass!""} ${block} ${properties.kcAccessTierButtonTextClass!"pf-v5-u-text-wrap pf-v5-u-text-break-word"}">${msg("accessTierBack", app)}</button>
        </form>
      </#if>
      <a id="access-tier-other-user" class="${link} ${block}" href="${url.loginRestartFlowUrl}">${msg("accessTierOtherUser")}</a>
    </div>
  </#if>
</@layout.registrationLayout>
