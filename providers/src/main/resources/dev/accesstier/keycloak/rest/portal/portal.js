// Finds while one types; without this the form asks the server.
const search = document.querySelector("#search");
const none = document.querySelector("#none");

const find = () => {
  const wanted = search.value.trim().toLowerCase();
  let open = 0;
  for (const card of document.querySelectorAll(".apps li")) {
    card.hidden = !card.dataset.search.toLowerCase().includes(wanted);
    if (!card.hidden && card.parentElement.id === "open") {
      open++;
    }
  }
  none.hidden = open > 0;
};

search?.addEventListener("input", find);
