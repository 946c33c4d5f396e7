// The page: who you are, where you are, and the feed as you see it.

import { $, announce, el, post, toast } from "./dom.js";
import { city, clockTime, dateTimeLocal, longDay, middleDay, now, setNow, shortDay } from "./time.js";
import { avatar, message } from "./message.js";
import { composer } from "./composer.js";
import { openForm } from "./form.js";

const page = 200; // messages shown at once
const together = 5 * 60 * 1000; // milliseconds within which messages of one person share a head

let people = []; // with their places, from 1
let rooms = [];
let commands = [];
const feed = new Map(); // by seq, ascending
const read = new Map(); // "ada general": the last seq that was seen there
let me = null;
let room = ""; // "general", or "@ada"
let thread = 0;
let shown = page;
let ready = false; // the past has come in
let moving = false;

const coach = { id: "coach", name: "Coach", place: 0, role: "bot" };
const somebody = (id) => people.find((p) => p.id === id) ?? coach;
const person = (id) => (id === "coach" ? coach : { ...somebody(id), role: somebody(id).lead ? "lead" : "" });
const visible = (m, who) => !m.to || m.to === who.id;
const direct = (r) => r.startsWith("@");

// --- what is where

const here = () => [...feed.values()].filter((m) => m.room === room && visible(m, me));
const top = (m) => !m.thread;
const inThread = (seq) => (m) => m.seq === seq || m.thread === seq;

function repliesTo(seq) {
  const all = [...feed.values()].filter((m) => m.thread === seq && visible(m, me));
  return all.length ? { count: all.length, last: new Date(all.at(-1).at) } : null;
}

function unread(who, where) {
  const seen = read.get(`${who.id} ${where}`) ?? 0;
  let n = 0;
  for (const m of feed.values()) {
    if (m.seq > seen && m.room === where && m.from !== who.id && visible(m, who)) n++;
  }
  return n;
}

function markRead() {
  if (document.hidden) return;
  read.set(`${me.id} ${room}`, lastSeq());
}

const lastSeq = () => [...feed.keys()].at(-1) ?? 0;

// --- the sidebar

function badge(n) {
  return n ? el("span", { class: "badge" }, String(n), el("span", { class: "hidden" }, " unread")) : null;
}

// drawSide draws the sidebar; the focus stays where it was.
function drawSide() {
  const focused = document.activeElement?.closest?.(".side [data-go]")?.dataset.go;
  $("people").replaceChildren(...people.map((p) => el("li", {},
    el("button", { class: "person", "data-go": p.id, "aria-pressed": String(p === me), onclick: () => go(p, direct(room) ? `@${p.id}` : room) },
      avatar({ ...p }),
      el("span", { class: "name" }, p.name, p.lead ? el("span", { class: "role" }, "lead") : null),
      el("span", { class: "local", "data-zone": p.zone }, localTime(p.zone), el("span", {}, city(p.zone))),
      p === me ? null : badge(unread(p, `@${p.id}`))))));
  $("rooms").replaceChildren(...rooms.map((r) => place(r, r)));
  $("direct").replaceChildren(place(`@${me.id}`, "Coach"));
  if (focused) document.querySelector(`.side [data-go="${CSS.escape(focused)}"]`)?.focus();
  $("menu-dot").hidden = ![...rooms, `@${me.id}`].some((r) => r !== room && unread(me, r));
}

function place(r, name) {
  const here = r === room;
  return el("li", {}, el("button", { class: "place", "data-go": r, "aria-current": here ? "page" : null, onclick: () => go(me, r) },
    direct(r) ? el("span", { class: "presence" }) : el("span", { class: "hash", "aria-hidden": "true" }, "#"),
    el("span", { class: "name" }, name), here ? null : badge(unread(me, r))));
}

const localTime = (zone) => `${shortDay(now(), zone)} ${clockTime(now(), zone)}`;

// --- the messages

const actions = {
  async press(m, action, button) {
    button.disabled = true;
    follow = true;
    try {
      await answered(await post("press", { as: me.id, message: m.seq, action: action.index }));
    } catch (err) {
      toast(err.message);
    } finally {
      button.disabled = false;
    }
  },
  thread: (seq) => openThread(seq),
};

// log draws messages with day lines into a box.
function log(messages, on) {
  const out = document.createDocumentFragment();
  let before = null;
  for (const m of messages) {
    const day = longDay(new Date(m.at), me.zone);
    const newDay = !before || longDay(new Date(before.at), me.zone) !== day;
    if (newDay) out.append(el("h2", { class: "day" }, el("span", {}, day)));
    const follows = !newDay && before.from === m.from && before.private === m.private && new Date(m.at) - new Date(before.at) < together && m.from !== "coach";
    out.append(message(m, { who: person(m.from), zone: me.zone, follows, replies: on.thread ? repliesTo(m.seq) : null, on }));
    before = m;
  }
  return out;
}

const scroll = $("scroll");
let follow = false; // I did something, and its answer is to be seen
const ends = new WeakMap(); // where toEnd left a box

const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80 || Math.abs(box.scrollTop - ends.get(box)) < 2;

// toEnd shows the last message, and of one that is too tall its beginning.
function toEnd(box) {
  const last = box.querySelector("article:last-child");
  box.scrollTop = last ? last.offsetTop - 8 : 0;
  ends.set(box, box.scrollTop);
}

function draw({ end = false } = {}) {
  const stay = !end && !atEnd(scroll);
  const from = scroll.scrollTop;
  const focused = focusIn($("log"));
  const messages = here().filter(top);
  const parts = [];
  if (messages.length > shown) {
    parts.push(el("button", { class: "plain earlier", onclick: () => { shown += page; draw(); } }, "Show earlier messages"));
  }
  parts.push(log(messages.slice(-shown), actions));
  if (messages.length === 0) parts.push(empty());
  $("log").replaceChildren(...parts);
  refocus($("log"), focused);
  if (stay) scroll.scrollTop = from;
  else toEnd(scroll);
  drawThread();
}

// focusIn remembers which control of which message has the focus.
function focusIn(box) {
  const article = document.activeElement?.closest?.("article");
  if (!article || !box.contains(article)) return null;
  return { seq: article.dataset.seq, n: controlsOf(article).indexOf(document.activeElement) };
}

const controlsOf = (article) => [...article.querySelectorAll("a, button")];

function refocus(box, focused) {
  const article = focused && box.querySelector(`article[data-seq="${focused.seq}"]`);
  if (article) (controlsOf(article)[focused.n] ?? scroll).focus({ preventScroll: true });
}

function empty() {
  return el("div", { class: "empty" },
    el("h2", {}, direct(room) ? "You and the coach" : `This is #${room}`),
    el("p", {}, direct(room)
      ? "What is said here, only the two of you see. Ask for a command with a slash, or just say what you did."
      : "A quiet room so far. What a cohort does together, the day's prompt and the week's summary, appears here."));
}

// --- threads

function openThread(seq) {
  thread = seq;
  drawThread({ end: true });
  reply.focus();
}

function closeThread() {
  const head = document.querySelector(`#log article[data-seq="${thread}"] .replies, #log article[data-seq="${thread}"] .reply`);
  thread = 0;
  drawThread();
  (head ?? scroll).focus({ preventScroll: true });
}

function drawThread({ end = false } = {}) {
  const box = $("thread-scroll");
  const messages = thread ? here().filter(inThread(thread)) : [];
  if (!messages.some((m) => m.seq === thread)) thread = 0;
  $("thread").hidden = !thread;
  document.body.classList.toggle("threaded", Boolean(thread));
  if (!thread) return;
  const stay = !end && !atEnd(box);
  const focused = focusIn($("thread-log"));
  $("thread-log").replaceChildren(log(messages, { press: actions.press }));
  refocus($("thread-log"), focused);
  if (!stay) toEnd(box);
}

// --- going somewhere

function go(who, where) {
  me = who;
  room = where;
  thread = 0;
  shown = page;
  history.replaceState(null, "", `#${me.id}/${direct(room) ? "dm" : room}`);
  markRead();
  const name = direct(room) ? "Coach" : `#${room}`;
  $("title").textContent = name;
  document.title = `${name} (${me.name}) – studycoach playground`;
  $("topic").textContent = direct(room) ? `Direct messages of ${me.name} with the coach` : people.map((p) => p.name).join(", ");
  $("thread-room").textContent = name;
  $("zone").textContent = `for ${me.name} in ${city(me.zone)}`;
  box.place(`Message ${direct(room) ? "the coach" : name} as ${me.name}`);
  reply.place(`Reply as ${me.name}`);
  $("fresh").hidden = true;
  drawSide();
  draw({ end: true });
  tick();
  closeMenu();
}

function fromAddress() {
  const [id, where] = location.hash.slice(1).split("/");
  const who = people.find((p) => p.id === id) ?? people[0];
  go(who, where === "dm" ? `@${who.id}` : rooms.includes(where) ? where : rooms[0]);
}

// --- saying something

// answered shows the form that an answer holds. Messages come with the stream.
async function answered(answer) {
  for (const r of answer.replies) {
    if (r.form) show(r.form, me);
  }
}

function show(form, who) {
  openForm(form, async (values) => {
    follow = true;
    const answer = await post("submit", { as: who.id, form: form.id, values });
    const next = answer.replies.find((r) => r.form)?.form;
    if (next) {
      form = next;
    } else {
      tried.add(form.verb);
      drawTries();
    }
    return next;
  });
}

async function send(text, inThread) {
  follow = true;
  try {
    await answered(await post("say", { as: me.id, room, text, ...(inThread && { thread }) }));
    return true;
  } catch (err) {
    toast(err.message);
    return false;
  }
}

const offered = () => commands.filter((c) => !c.lead || me.lead);
const [box, reply] = [...document.querySelectorAll("form.composer")].map((form) => composer(form, {
  commands: offered,
  send: (text) => send(text, form.dataset.thread === "yes"),
}));

// --- the clock

async function move(where) {
  if (moving) return;
  working(true);
  try {
    setNow((await post("clock", where)).now);
    announce(`It is now ${middleDay(now(), me.zone)}, ${clockTime(now(), me.zone)}`);
  } finally {
    working(false);
    tick();
  }
}

function working(busy) {
  moving = busy;
  $("progress").hidden = !busy;
  $("clock").setAttribute("aria-busy", String(busy));
  for (const b of document.querySelectorAll(".moves button, [data-try=prompt], #tries-done button")) b.setAttribute("aria-disabled", String(busy));
}

function tick() {
  const text = `${middleDay(now(), me.zone)}, ${clockTime(now(), me.zone)}`;
  if ($("now").textContent === text) return;
  $("now").textContent = text;
  $("now").dateTime = now().toISOString();
  for (const e of document.querySelectorAll(".local")) e.firstChild.data = localTime(e.dataset.zone);
}

for (const b of document.querySelectorAll("[data-next], [data-advance]")) {
  b.addEventListener("click", () => move({ ...b.dataset }).catch((err) => toast(err.message)));
}

$("pick").addEventListener("click", () => {
  if (moving) return;
  const to = $("date-to");
  to.min = dateTimeLocal(now(), me.zone);
  to.value = to.min;
  $("date-zone").textContent = `for ${me.name} in ${city(me.zone)}`;
  $("date").querySelector(".failed").textContent = "";
  $("date").showModal();
  to.focus();
});

$("date").querySelector("form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const failed = $("date").querySelector(".failed");
  const go = $("date").querySelector("footer .primary");
  const to = $("date-to");
  failed.textContent = to.value === "" ? "Choose a date and a time." : to.value < to.min ? "Time only moves forward." : "";
  if (failed.textContent) {
    to.focus();
    return;
  }
  go.disabled = true;
  try {
    await move({ to: to.value, as: me.id });
    $("date").close();
  } catch (err) {
    failed.textContent = err.message;
  } finally {
    go.disabled = false;
  }
});

// --- three things to try

const tried = new Set(); // forms that were sent; the rest is read off the feed

function drawTries() {
  const offers = (m, verb) => m.blocks.some((b) => b.actions?.some((a) => a.verb === verb));
  const all = [...feed.values()];
  const done = {
    setup: tried.has("setup") || all.some((m) => !m.private && offers(m, "join")),
    prompt: all.some((m) => !m.private && offers(m, "checkin")),
    checkin: all.some((m) => m.private && offers(m, "undo")),
  };
  let next = true;
  for (const b of document.querySelectorAll("[data-try]")) {
    const yes = Boolean(done[b.dataset.try]);
    b.classList.toggle("done", yes);
    b.parentElement.classList.toggle("next", !yes && next);
    next &&= yes;
    b.querySelector(".hidden")?.remove();
    if (yes) b.append(el("span", { class: "hidden" }, "done"));
  }
  $("tries-title").textContent = next ? "All three are done" : "Three things to try";
  $("tries-list").hidden = next;
  $("tries-done").hidden = !next;
  const summary = next && all.some((m) => !m.private && m.image);
  $("tries").hidden = summary || Boolean(localStorage.getItem("tried"));
}

const tries = {
  setup() {
    const lead = people.find((p) => p.lead) ?? me;
    go(lead, rooms[0]);
    return send("/coach setup");
  },
  prompt: () => move({ next: "prompt" }).catch((err) => toast(err.message)),
  async checkin() {
    go(people.find((p) => !p.lead) ?? me, rooms[0]);
    if (![...feed.values()].some((m) => m.from === me.id)) await send("/coach join");
    box.fill("/checkin 45m read the first chapter");
  },
};

for (const b of document.querySelectorAll("[data-try]")) b.addEventListener("click", () => tries[b.dataset.try]());
for (const b of document.querySelectorAll("#tries-close, #tries-done button")) {
  b.addEventListener("click", () => {
    localStorage.setItem("tried", "yes");
    drawTries();
    box.focus();
  });
}

// --- the stream

let waiting = []; // messages to be drawn at once

function arrive(m) {
  const known = feed.has(m.seq);
  const late = m.seq < lastSeq(); // updated before it was seen
  feed.set(m.seq, m);
  if (!ready) return;
  if (!known) waiting.push(m);
  if (!known && late) sortFeed();
  schedule();
}

let scheduled = false;

function schedule() {
  if (scheduled || !ready) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    const far = !atEnd(scroll);
    const mine = waiting.filter((m) => m.room === room && visible(m, me));
    const end = follow && mine.some((m) => m.from === me.id || m.to === me.id);
    if (mine.some((m) => m.to === me.id && m.from === "coach")) follow = false;
    draw({ end });
    if (far && !end && mine.some(top)) $("fresh").hidden = false;
    for (const m of mine.filter((m) => m.from !== me.id).slice(-3)) announce(`${person(m.from).name}: ${m.text.slice(0, 400)}`);
    waiting = [];
    markRead();
    drawSide();
    drawTries();
  });
}

function listen() {
  const stream = new EventSource("/playground/stream");
  stream.addEventListener("message", (e) => arrive(JSON.parse(e.data)));
  stream.addEventListener("reset", () => { feed.clear(); read.clear(); });
  stream.addEventListener("clock", (e) => {
    const clock = JSON.parse(e.data);
    setNow(clock.now);
    working(clock.moving);
    if (!ready) begin();
    else tick();
  });
  stream.addEventListener("open", () => { $("offline").hidden = true; });
  stream.addEventListener("error", () => { $("offline").hidden = false; });
}

// begin shows the page once the past is here; all of it counts as read.
function begin() {
  ready = true;
  sortFeed();
  for (const p of people) for (const r of [...rooms, `@${p.id}`]) read.set(`${p.id} ${r}`, lastSeq());
  fromAddress();
  drawTries();
  document.body.dataset.ready = "yes";
  if (!matchMedia("(pointer: coarse)").matches) box.focus();
}

// sortFeed puts messages into their places; updated ones come later.
function sortFeed() {
  const sorted = [...feed.entries()].sort((a, b) => a[0] - b[0]);
  feed.clear();
  for (const [seq, m] of sorted) feed.set(seq, m);
}

// --- the frame

function closeMenu() {
  document.body.classList.remove("menu");
  $("menu").setAttribute("aria-expanded", "false");
  $("shade").hidden = true;
}

$("menu").addEventListener("click", () => {
  const open = document.body.classList.toggle("menu");
  $("menu").setAttribute("aria-expanded", String(open));
  $("shade").hidden = !open;
  if (open) document.querySelector(".side button[aria-pressed=true]").focus();
});
$("shade").addEventListener("click", closeMenu);
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("menu")) {
    closeMenu();
    $("menu").focus();
  } else if (thread) {
    closeThread();
  }
});
$("thread-close").addEventListener("click", closeThread);

scroll.addEventListener("scroll", () => { if (atEnd(scroll)) $("fresh").hidden = true; });
$("fresh").addEventListener("click", () => { toEnd(scroll); $("fresh").hidden = true; });
// A picture that comes in late does not push the end out of sight.
document.addEventListener("load", (e) => {
  const box = e.target.closest?.(".scroll");
  if (box && Math.abs(box.scrollTop - ends.get(box)) < 2) toEnd(box);
}, true);
document.addEventListener("visibilitychange", () => { if (ready) { markRead(); drawSide(); } });
addEventListener("hashchange", () => ready && fromAddress());

const darkByDefault = matchMedia("(prefers-color-scheme: dark)");

function drawTheme() {
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
  $("theme").setAttribute("aria-pressed", String((chosen ?? (darkByDefault.matches ? "dark" : "light")) === "dark"));
}

$("theme").addEventListener("click", () => {
  localStorage.setItem("theme", $("theme").getAttribute("aria-pressed") === "true" ? "light" : "dark");
  drawTheme();
});
darkByDefault.addEventListener("change", drawTheme);
drawTheme();

// --- begin

try {
  const state = await (await fetch("/playground/state")).json();
  people = state.people.map((p, i) => ({ ...p, place: i + 1 }));
  ({ rooms, commands } = state);
  me = people[0];
  box.max(state.maxText);
  reply.max(state.maxText);
  setInterval(tick, 1000);
  listen();
} catch {
  toast("The playground does not answer. Reload the page when it runs again.");
}
