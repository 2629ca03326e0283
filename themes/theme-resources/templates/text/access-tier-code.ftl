<#ftl output_format="plainText">
${msg("accessTierCodeBody", code, minutes, realmName)}
