// The message box, with completion of commands.

import { $, announce, el } from "./dom.js";

// composer fills a form with a message box. commands() lists what may be
// completed; send(text) resolves when the text was taken.
export function composer(form, { commands, send }) {
  form.append($("composer").content.cloneNode(true));
  const box = form.querySelector("textarea");
  const list = form.querySelector("ul");
  const name = form.dataset.thread === "yes" ? "reply-box" : "box";
  box.id = name;
  list.id = `${name}-commands`;
  box.setAttribute("aria-controls", list.id);
  form.querySelector("label").htmlFor = name;

  let found = [];
  let active = 0;
  let shift = false; // held at the last key

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
  }

  function close() {
    found = [];
    list.hidden = true;
    box.removeAttribute("aria-activedescendant");
  }

  function choose(i) {
    active = (i + found.length) % found.length;
    [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === active)));
    box.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  function complete() {
    const text = box.value;
    const before = found.length;
    found = matches(text, commands());
    if (found.length === 0) {
      close();
      return;
    }
    list.replaceChildren(...found.map((c, i) =>
      el("li", { role: "option", id: `${list.id}-${i}`, onmousedown: (e) => { e.preventDefault(); take(c); } },
        el("b", {}, c.name), " ", el("i", {}, c.usage ?? ""), el("span", {}, c.summary))));
    list.hidden = false;
    choose(0);
    if (found.length !== before) announce(`${found.length} commands`);
  }

  function take(c) {
    box.value = `${c.name} `;
    grow();
    box.focus();
    complete();
  }

  async function submit() {
    const text = box.value.trim();
    if (!text) return;
    close();
    box.value = "";
    grow();
    if (!await send(text)) {
      box.value ||= text;
      grow();
    }
  }

  box.addEventListener("input", () => { grow(); complete(); });
  box.addEventListener("blur", close);
  // settled says that there is nothing to complete.
  const settled = () => !found[active] || box.value.startsWith(found[active].name);

  // Enter is taken where it would break the line, as not all keyboards tell
  // of their keys.
  box.addEventListener("beforeinput", (e) => {
    if (shift || e.isComposing || !/^insert(LineBreak|Paragraph)$/.test(e.inputType)) return;
    e.preventDefault();
    if (settled()) submit();
    else take(found[active]);
  });
  box.addEventListener("keydown", (e) => {
    shift = e.shiftKey;
    if (e.isComposing || found.length === 0) return;
    switch (e.key) {
      case "Tab":
        if (shift || settled()) return;
        take(found[active]);
        break;
      case "ArrowDown":
        choose(active + 1);
        break;
      case "ArrowUp":
        choose(active - 1);
        break;
      case "Escape":
        e.stopPropagation();
        close();
        break;
      default:
        return;
    }
    e.preventDefault();
  });
  form.addEventListener("submit", (e) => { e.preventDefault(); submit(); });

  return {
    focus: () => box.focus(),
    fill: (text) => { box.value = text; grow(); box.focus(); box.setSelectionRange(text.length, text.length); },
    place: (text) => { box.placeholder = text; },
    max: (n) => { box.maxLength = n; },
  };
}

// matches lists the commands that a text may become: those that begin with
// it, then those that hold its words. Once a command is written out, only it
// is left, for its usage.
export function matches(text, commands) {
  if (!text.startsWith("/") || text.includes("\n")) return [];
  const typed = text.toLowerCase();
  const whole = commands.filter((c) => typed.startsWith(`${c.name} `)).sort((a, b) => b.name.length - a.name.length);
  const begin = commands.filter((c) => c.name.startsWith(typed)).sort((a, b) => (b.name === typed) - (a.name === typed));
  if (whole.length > 0 && begin.length === 0) return whole.slice(0, 1);
  const words = typed.slice(1).trim().split(/\s+/);
  const hold = commands.filter((c) => !begin.includes(c) && words.every((w) => c.name.includes(w)));
  return [...begin, ...hold];
}
