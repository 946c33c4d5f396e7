// How a message looks.

import { el, icon } from "./dom.js";
import { clockTime } from "./time.js";

const bullet = /^\s*[•·-] /;
const number = /^\s*(\d+)\. /;

// rich lays out spans: blank lines part paragraphs, lines that begin with a
// bullet or a number make a list, other line ends stay.
export function rich(spans) {
  const lines = [[]];
  for (const span of spans) {
    span.text.split("\n").forEach((text, i) => {
      if (i > 0) lines.push([]);
      if (text) lines.at(-1).push({ ...span, text });
    });
  }
  const out = document.createDocumentFragment();
  let open = null;
  const begin = (tag) => {
    if (open?.tagName.toLowerCase() !== tag) out.append(open = el(tag));
  };
  for (const line of lines) {
    const first = line[0]?.style ? "" : line[0]?.text ?? "";
    const mark = bullet.exec(first) ?? number.exec(first);
    if (line.length === 0) {
      open = null;
    } else if (mark) {
      begin(mark[1] ? "ol" : "ul");
      line[0].text = first.slice(mark[0].length);
      open.append(el("li", { value: mark[1] }, ...line.map(inline)));
    } else {
      if (open?.tagName === "P") open.append(el("br"));
      begin("p");
      open.append(...line.map(inline));
    }
  }
  return out;
}

function inline(span) {
  switch (span.style) {
    case "bold": return el("strong", {}, span.text);
    case "italic": return el("em", {}, span.text);
    case "code": return el("code", {}, span.text);
    case "link": return el("a", { href: span.url, target: "_blank", rel: "noopener noreferrer" }, span.text);
    default: return document.createTextNode(span.text);
  }
}

export function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((w) => [...w][0]).join("").toUpperCase();
}

// avatar is the picture of a sender; place numbers the people.
export function avatar(who) {
  if (!who.place) return el("span", { class: "avatar" }, el("img", { src: "/playground/page/mark.svg", alt: "" }));
  return el("span", { class: `avatar tint${who.place % 6}`, "aria-hidden": "true" }, initials(who.name));
}

function block(b, onpress) {
  if (b.title) return el("h3", {}, b.title);
  if (b.text) return el("div", { class: "text" }, rich(b.text));
  if (b.code) return el("pre", { class: "listing", tabindex: "0" }, el("code", {}, b.code));
  if (b.fields) {
    return el("dl", { class: "fields" }, ...b.fields.map((f) =>
      el("div", {}, el("dt", {}, f.label), el("dd", {}, rich(f.value)))));
  }
  if (b.actions) {
    return el("div", { class: "actions" }, ...b.actions.map((a) =>
      el("button", { class: a.style || "plain", onclick: (e) => onpress(a, e.currentTarget) }, a.label)));
  }
  if (b.image) {
    const picture = el("img", { src: b.image.url, alt: b.image.alt, loading: "lazy" });
    return el("a", { class: "picture", href: b.image.url, target: "_blank", rel: "noopener" }, picture);
  }
  if (b.context) return el("div", { class: "context" }, rich(b.context));
  return null;
}

function body(m, onpress) {
  if (m.from !== "coach") {
    return el("div", { class: m.text.startsWith("/") ? "said command" : "said" }, m.text);
  }
  const files = (m.files ?? []).map((f) => el("a", { class: "file", href: f.url, download: f.name }, icon("file"), f.name));
  return el("div", { class: "card" }, ...m.blocks.map((b) => block(b, onpress)),
    files.length ? el("div", { class: "files" }, ...files) : null);
}

// message makes the element of a message. follows says that the same person
// wrote just before; on has what its buttons do.
export function message(m, { who, zone, follows, replies, on }) {
  const at = new Date(m.at);
  const time = el("time", { datetime: m.at }, clockTime(at, zone));
  const mine = m.private && !m.room.startsWith("@");
  const head = follows && !mine ? null : el("div", { class: "by" },
    el("b", {}, who.name),
    who.role ? el("span", { class: "role" }, who.role) : null,
    time,
    mine ? el("span", { class: "only" }, icon("eye"), "Only visible to you") : null);
  return el("article", { class: `message${m.from === "coach" ? " coach" : ""}${head ? "" : " follows"}`, "data-seq": m.seq, "aria-label": `${who.name}, ${time.textContent}` },
    head ? avatar(who) : el("span", { class: "late" }, time),
    el("div", { class: "content" }, head, body(m, (a, button) => on.press(m, a, button)),
      replies ? el("button", { class: "replies", onclick: () => on.thread(m.seq) },
        `${replies.count} ${replies.count === 1 ? "reply" : "replies"}`, el("span", {}, `last at ${clockTime(replies.last, zone)}`)) : null),
    on.thread && !mine && !m.thread ? el("button", { class: "icon reply", "aria-label": `Reply in a thread to ${who.name}, ${time.textContent}`, title: "Reply in a thread", onclick: () => on.thread(m.seq) }, icon("reply")) : null);
}
