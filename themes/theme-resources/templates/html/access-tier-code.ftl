<#import "template.ftl" as layout>
<@layout.emailLayout>
${kcSanitize(msg("accessTierCodeBodyHtml", code, minutes, realmName))?no_esc}
</@layout.emailLayout>
