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

// A chart as a picture: its SVG with the styles that the page gives it, below its title and above its legend.
const drawn = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "opacity", "visibility", "display",
  "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "transform", "transform-origin"];
const pictureScale = 2, pictureMargin = 16, pictureFont = "15px Roboto, Arial, sans-serif";

function styledCopy(chart) {
  const copy = chart.cloneNode(true);
  const parts = [chart, ...chart.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((part, at) => {
    const style = getComputedStyle(parts[at]);
    part.removeAttribute("class");
    part.setAttribute("style", drawn.map(name => `${name}:${style.getPropertyValue(name)}`).join(";"));
  });
  return copy;
}

// The words of a legend, each with its colour. A legend is what lies beside the heading, or in the figure.
function legendOf(figure) {
  const legend = figure.querySelector(".legend") ?? figure.closest("section")?.querySelector(".legend");
  const entries = [];
  for (const key of legend?.querySelectorAll(".key") ?? []) {
    const style = getComputedStyle(key.firstElementChild);
    entries.push({ colour: style.backgroundColor === "rgba(0, 0, 0, 0)" ? style.borderBottomColor : style.backgroundColor, words: ` ${key.textContent.trim()}` });
  }

  return entries.filter(entry => entry.words);
}

async function savePicture(figure) {
  const chart = [...figure.querySelectorAll("[role=figure] svg")].find(drawing => drawing.checkVisibility());
  const titles = [figure.closest("section")?.querySelector("h2, h3"), figure.querySelector("figcaption")];
  const title = titles.map(part => part?.textContent.trim()).filter(Boolean).join(" – ");
  const legend = legendOf(figure);
  const colours = getComputedStyle(figure);

  // Labels of an axis may stand out of the chart, and the picture has not the page's font: another may be wider.
  const [box, inside, own] = [chart.getBoundingClientRect(), chart.getBBox(), chart.viewBox.baseVal];
  const left = Math.min(0, inside.x) - 8, top = Math.min(0, inside.y);
  const view = own?.width ? [own.x, own.y, own.width, own.height]
    : [left, top, Math.max(box.width, inside.x + inside.width) - left + 24, Math.max(box.height, inside.y + inside.height) - top];
  const [width, height] = own?.width ? [Math.ceil(box.width), Math.ceil(box.height)] : [Math.ceil(view[2]), Math.ceil(view[3])];
  const copy = styledCopy(chart);
  for (const [name, value] of [["xmlns", "http://www.w3.org/2000/svg"], ["width", width], ["height", height], ["viewBox", view.join(" ")]]) {
    copy.setAttribute(name, value);
  }

  copy.style.overflow = "visible";
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await picture.decode();

  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  pen.font = pictureFont;
  const lines = [[]];
  let used = 0;
  for (const entry of legend) {
    const room = 26 + pen.measureText(entry.words).width;
    if (used > 0 && used + room > width) {
      lines.push([]);
      used = 0;
    }

    lines.at(-1).push({ ...entry, at: used });
    used += room + 14;
  }

  const head = title ? 30 : 0, foot = legend.length ? lines.length * 24 + 6 : 0;
  canvas.width = (width + 2 * pictureMargin) * pictureScale;
  canvas.height = (height + head + foot + 2 * pictureMargin) * pictureScale;
  pen.scale(pictureScale, pictureScale);
  pen.fillStyle = colours.backgroundColor === "rgba(0, 0, 0, 0)" ? getComputedStyle(document.body).backgroundColor : colours.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = "middle";
  pen.fillStyle = colours.color;
  pen.font = `600 ${pictureFont}`;
  pen.fillText(title, pictureMargin, pictureMargin + 11, width);
  pen.drawImage(picture, pictureMargin, pictureMargin + head, width, height);
  pen.font = pictureFont;
  lines.forEach((line, row) => line.forEach(entry => {
    const y = pictureMargin + head + height + 18 + row * 24;
    pen.fillStyle = entry.colour;
    pen.fillRect(pictureMargin + entry.at, y - 6, 14, 12);
    pen.fillStyle = colours.color;
    pen.fillText(entry.words, pictureMargin + entry.at + 17, y);
  }));

  const link = document.createElement("a");
  link.download = `${(title || "chart").toLowerCase().replace(/[^\p{Letter}\p{Number}]+/gu, "-").replace(/^-|-$/g, "")}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
}

document.addEventListener("click", event => {
  const figure = event.target.closest("[data-picture]")?.closest("figure");
  if (figure) {
    savePicture(figure);
  }
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

document.addEventListener("click", event => {
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});

// A link to a part of the page opens what the part is folded into.
document.addEventListener("click", event => {
  const link = event.target.closest?.('a[href*="#"]');
  document.getElementById(link ? decodeURIComponent(link.hash.slice(1)) : "")?.closest("details")?.setAttribute("open", "");
});

// On a phone the filters are folded behind a button.
document.addEventListener("click", event => {
  const button = event.target.closest?.("[data-fold-filters]");
  if (button) {
    button.setAttribute("aria-expanded", String(button.closest(".filter-bar").toggleAttribute("data-open")));
  }
});
