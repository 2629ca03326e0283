<#macro card app closed=false>
  <#local name=app.name()!"">
  <#if !name?has_content><#local name=app.clientId()></#if>
  <li data-search="${name} ${app.clientId()} ${app.description()!""}">
    <#if app.icon()??>
      <img src="${app.icon()}" alt="" width="40" height="40" loading="lazy">
    <#else>
      <span class="letter" aria-hidden="true">${name[0..0]?upper_case}</span>
    </#if>
    <div>
      <h3>
        <#if !closed && !app.comingSoon() && app.url()??>
          <a href="${app.url()}">${name}</a>
        <#else>
          ${name}
        </#if>
      </h3>
      <#if app.description()?has_content><p>${app.description()}</p></#if>
      <#if app.comingSoon()><p class="badge">${msg("accessTierComingSoon")}</p></#if>
      <#if closed>
        <p class="badge">
          <#if app.requiredTier()??>
            ${msg("accessTierFrom", msg("accessTierLabel." + app.requiredTier()))}
          <#else>
            ${msg("accessTierClosed")}
          </#if>
        </p>
      </#if>
    </div>
  </li>
</#macro>
<!doctype html>
<html lang="${locale}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="stylesheet" href="${path}${style}">
  <script type="module" src="${path}${script}"></script>
</head>
<body>
  <#if open??>
    <header>
      <h1>${title}</h1>
      <form method="get" action="${path}portal" role="search">
        <label for="search">${msg("accessTierSearch")}</label>
        <input id="search" name="search" type="search" value="${search}" autocomplete="off">
        <button>${msg("accessTierFind")}</button>
      </form>
      <form id="account" method="post" action="${path}portal/sign-out">
        <span>${person}</span>
        <input type="hidden" name="token" value="${signOutToken}">
        <button>${msg("accessTierSignOut")}</button>
      </form>
    </header>
    <main>
      <section aria-labelledby="open-title">
        <h2 id="open-title">${msg("accessTierYourApps")}</h2>
        <ul id="open" class="apps">
          <#list open as app><@card app/></#list>
        </ul>
        <p id="none" role="status"<#if open?has_content> hidden</#if>>${msg("accessTierNoApps")}</p>
      </section>
      <#if closed?has_content>
        <details<#if search?has_content> open</#if>>
          <summary><h2>${msg("accessTierNotYet", closed?size)}</h2></summary>
          <ul id="closed" class="apps">
            <#list closed as app><@card app true/></#list>
          </ul>
        </details>
      </#if>
    </main>
  <#else>
    <main class="alone">
      <h1>${title}</h1>
      <p>${msg("accessTierSignedOut")}</p>
      <p><a class="button" href="${path}portal">${msg("doLogIn")}</a></p>
    </main>
  </#if>
</body>
</html>
