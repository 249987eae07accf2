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
    const screen = chosen ? (link.dataset.look === chosen ? "screen" : "not all") : `screen and (prefers-color-scheme: ${link.dataset.look})`;
    link.media = link.dataset.look === "light" ? `${screen}, print` : screen;
  }

  document.cookie = `theme=${chosen}; path=/; max-age=${chosen ? 31536000 : 0}; samesite=lax`;
});

// A field for a day is text, so that days read alike everywhere. The calendar is the browser's: a click on the icon at the
// field's end opens it, or Alt and the down arrow.
function openCalendar(field) {
  let calendar = document.querySelector("input.calendar");
  if (!calendar) {
    calendar = document.createElement("input");
    Object.assign(calendar, { type: "date", className: "calendar", tabIndex: -1, ariaHidden: "true" });
    document.body.append(calendar);
  }

  const place = field.getBoundingClientRect();
  Object.assign(calendar.style, { left: `${place.left}px`, top: `${place.top}px`, width: `${place.width}px`, height: `${place.height}px` });
  Object.assign(calendar, { value: field.value, max: field.dataset.max ?? "" });
  calendar.onchange = () => {
    field.value = calendar.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  };
  calendar.getBoundingClientRect(); // Else the calendar opens where the field was laid out last.
  calendar.showPicker();
}

document.addEventListener("click", event => {
  if (event.target.matches("input[data-day]") && event.offsetX > event.target.clientWidth - 36) {
    openCalendar(event.target);
  }
});

document.addEventListener("keydown", event => {
  if (event.altKey && event.key === "ArrowDown" && event.target.matches("input[data-day]")) {
    event.preventDefault();
    openCalendar(event.target);
  }
});

// Another page is shown: its menu is closed, as if it had been loaded anew.
document.addEventListener("click", event => {
  const menu = event.target.closest("#menu a[href]")?.closest("#menu:popover-open");
  menu?.hidePopover();
});

// The sidebar: where there is room, the button takes the names away and brings them back; else the browser opens it over the page.
const room = matchMedia("(min-width: 1100px)");

document.addEventListener("click", event => {
  if (!event.target.closest("[data-sidebar-button]") || !room.matches) {
    return;
  }

  event.preventDefault();
  const icons = document.documentElement.dataset.sidebar === "icons" ? "" : "icons";
  document.documentElement.dataset.sidebar = icons;
  document.cookie = `sidebar=${icons}; path=/; max-age=${icons ? 31536000 : 0}; samesite=lax`;
});

// The search is a key away, as long as nothing else is being written.
document.addEventListener("keydown", event => {
  const field = document.querySelector(".find input");
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && field?.checkVisibility()
    && !event.target.closest("input, select, textarea, [contenteditable]")) {
    event.preventDefault();
    field.focus();
  }
});

// The filter bar: its form goes to an address without what is empty, and where the page is connected, without loading it anew.
document.addEventListener("submit", event => {
  const form = event.target.closest("form[data-filters]");
  if (!form) {
    return;
  }

  event.preventDefault();
  const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim() !== ""));
  if (chosen.has("from") || chosen.has("to")) {
    chosen.delete("period");
  }

  for (const open of form.querySelectorAll("details[open]")) {
    ticked.delete(open);
    open.open = false;
  }

  const address = new URL(form.action).pathname + (chosen.size ? `?${chosen}` : "");
  window.Blazor ? window.Blazor.navigateTo(address) : location.assign(address);
});

document.addEventListener("change", event => {
  if (event.target.matches("form[data-filters] select[data-now]")) {
    event.target.form.requestSubmit();
  }
});

document.addEventListener("input", event => {
  if (event.target.matches("[data-narrow]")) {
    const wanted = event.target.value.trim().toLowerCase();
    for (const label of event.target.closest(".panel").querySelectorAll("fieldset label")) {
      label.hidden = !label.textContent.toLowerCase().includes(wanted);
    }
  }
});

// What was ticked when a list was opened. A click elsewhere takes over what is ticked then; Escape goes back.
const ticked = new Map();
const boxes = list => [...list.querySelectorAll("input[type=checkbox]")];

document.addEventListener("toggle", event => {
  if (event.target.matches?.(".pick")) {
    event.target.open ? ticked.set(event.target, boxes(event.target).map(box => box.checked)) : ticked.delete(event.target);
  }
}, true);

document.addEventListener("click", event => {
  for (const open of document.querySelectorAll(".pick[open]")) {
    if (!open.contains(event.target) && !event.target.closest("a")) {
      const before = ticked.get(open);
      open.open = false;
      if (before && boxes(open).some((box, at) => box.checked !== before[at])) {
        open.closest("form[data-filters]")?.requestSubmit();
      }
    }
  }
});

document.addEventListener("keydown", event => {
  const open = event.target.closest?.(".pick[open]");
  if (open && event.key === "Escape") {
    const before = ticked.get(open);
    boxes(open).forEach((box, at) => box.checked = before ? before[at] : box.checked);
    open.open = false;
    open.querySelector("summary").focus();
  } else if (event.key === "Enter" && event.target.matches?.("[data-narrow]")) {
    event.preventDefault();
  }
});

// A link in a list leads to what it says: the list is closed, as if the page had been loaded anew.
document.addEventListener("click", event => {
  const open = event.target.closest(".pick[open] a[href]")?.closest(".pick");
  if (open) {
    open.open = false;
  }
});

// A link to a part of the page opens what the part is folded into.
document.addEventListener("click", event => {
  const link = event.target.closest?.('a[href*="#"]');
  document.getElementById(link ? decodeURIComponent(link.hash.slice(1)) : "")?.closest("details")?.setAttribute("open", "");
});
