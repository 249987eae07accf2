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

// A button copies the text of the element that it names. The clipboard is there only with TLS and on this machine; without it,
// the text is selected and copied the old way.
async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}

document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) {
    return;
  }

  let status = document.querySelector(".copied[role=status]");
  if (!status) {
    status = document.createElement("p");
    status.className = "copied unseen";
    status.setAttribute("role", "status");
    document.body.append(status);
  }

  const copied = await copyText(source);
  button.toggleAttribute("data-copied", copied);
  status.textContent = copied ? "Copied." : "Not copied: select the text and copy it.";
  setTimeout(() => { button.removeAttribute("data-copied"); status.textContent = ""; }, 3000);
});
