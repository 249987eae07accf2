// Light or dark, before anything is painted in the other: the style sheets of both are there, and this picks one.
const system = matchMedia("(prefers-color-scheme: dark)");

document.addEventListener("click", event => {
  if (!event.target.closest("[data-switch-theme]")) {
    return;
  }

  const root = document.documentElement;
  const systems = system.matches ? "dark" : "light";
  const wanted = (root.dataset.theme || systems) === "dark" ? "light" : "dark";

  // Back at what the system has, the choice is forgotten, and the page follows the system again.
  const chosen = wanted === systems ? "" : wanted;
  root.dataset.theme = chosen;
  for (const link of document.querySelectorAll("link[data-look]")) {
    link.media = chosen ? (link.dataset.look === chosen ? "all" : "not all") : `(prefers-color-scheme: ${link.dataset.look})`;
  }

  document.cookie = `theme=${chosen}; path=/; max-age=${chosen ? 31536000 : 0}; samesite=lax`;
});
