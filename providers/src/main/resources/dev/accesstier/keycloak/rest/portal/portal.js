// Finds while one types; without this the form asks the server.
const search = document.querySelector("input#search");
const none = document.querySelector("p#none");

if (search instanceof HTMLInputElement && none instanceof HTMLElement) {
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    let open = 0;
    for (const card of document.querySelectorAll("li[data-search]")) {
      if (card instanceof HTMLElement) {
        card.hidden = !(card.dataset.search ?? "").toLowerCase().includes(wanted);
        open += !card.hidden && card.parentElement?.id === "open" ? 1 : 0;
      }
    }
    none.hidden = open > 0;
  });
}
