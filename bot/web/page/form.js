// Forms of the coach, as a dialog.

import { $, el } from "./dom.js";
import { rich } from "./message.js";

const dialog = $("form");
const form = dialog.querySelector("form");
let current = null; // the form as the server gave it
let send = null; // takes the values; resolves to the next form or nothing
let opener = null; // where the focus goes back to

for (const d of document.querySelectorAll("dialog")) {
  for (const b of d.querySelectorAll("[data-close]")) b.addEventListener("click", () => d.close());
}
dialog.addEventListener("close", () => opener?.isConnected && opener.focus());

// openForm shows a form. submit(values) resolves to a form to show next, with
// its errors, or to nothing when it is done.
export function openForm(f, submit) {
  if (!dialog.open) opener = document.activeElement;
  current = f;
  send = submit;
  $("form-title").textContent = f.title;
  $("form-submit").textContent = f.submit;
  failed("");
  form.querySelector(".body").replaceChildren(
    ...(f.intro?.length ? [el("div", { class: "intro" }, rich(f.intro))] : []), ...f.fields.map(field));
  if (!dialog.open) dialog.showModal();
  form.querySelector(".body").scrollTop = 0;
  const first = firstWrong() ?? form.querySelector(".body input, .body select, .body textarea") ?? $("form-submit");
  first.focus();
  first.select?.();
}

const firstWrong = () => form.querySelector("[aria-invalid=true]");

function failed(text) {
  form.querySelector(".failed").textContent = text;
}

form.addEventListener("submit", async (e) => {
  e.preventDefault();
  const wrong = current.fields.map((f) => [f, missing(f)]);
  for (const [f, text] of wrong) complain(f, text);
  if (firstWrong()) {
    firstWrong().focus();
    return;
  }
  $("form-submit").disabled = true;
  failed("");
  try {
    const next = await send(Object.fromEntries(current.fields.map((f) => [f.name, value(f)])));
    if (next) openForm(next, send);
    else dialog.close();
  } catch (err) {
    failed(err.message);
  } finally {
    $("form-submit").disabled = false;
  }
});

const controls = (f) => [...form.querySelectorAll(`[name="${CSS.escape(f.name)}"]`)];

function value(f) {
  const all = controls(f);
  switch (f.kind) {
    case "many": return all.filter((c) => c.checked).map((c) => c.value);
    case "yes": return all[0].checked;
    case "one": return all[0].type === "radio" ? all.find((c) => c.checked)?.value ?? "" : all[0].value;
    default: return all[0].value;
  }
}

function missing(f) {
  const v = value(f);
  if (f.optional || f.kind === "yes" || v.length > 0 && (Array.isArray(v) || v.trim())) return "";
  if (controls(f)[0].validity?.badInput) return `This is not a whole ${f.kind}.`;
  return f.kind === "one" || f.kind === "many" ? "Choose here, please." : "Fill this in, please.";
}

function complain(f, text) {
  const error = $(`error-${f.name}`);
  error.textContent = text;
  for (const c of controls(f)) c.setAttribute("aria-invalid", String(text !== ""));
}

function field(f) {
  const id = `field-${f.name}`;
  const error = el("p", { class: "error", id: `error-${f.name}` }, f.error ?? "");
  const hint = f.hint ? el("p", { class: "help", id: `hint-${f.name}` }, f.hint) : null;
  const optional = f.optional && f.kind !== "yes" ? el("span", {}, "optional") : null;
  const shared = {
    name: f.name, "aria-invalid": f.error ? "true" : "false",
    "aria-describedby": `${hint ? `hint-${f.name} ` : ""}error-${f.name}`,
  };
  const required = !f.optional && f.kind !== "yes";
  const single = { ...shared, id, "aria-required": String(required) };
  const label = el("label", { for: id }, f.label, optional);
  const group = (type, chosen) => el("fieldset", {}, el("legend", {}, f.label, optional), hint,
    el("div", { class: "choices" }, ...f.options.map((o) =>
      el("label", { class: "choice" }, el("input", { ...shared, type, value: o.value, checked: chosen(o.value) }), o.label))), error);

  switch (f.kind) {
    case "many": {
      const chosen = new Set((f.value ?? "").split(","));
      return group("checkbox", (v) => chosen.has(v));
    }
    case "one":
      if (f.options.length <= 5) return group("radio", (v) => v === f.value);
      return el("div", {}, label, hint, el("select", single,
        f.value ? null : el("option", { value: "" }, "Choose"),
        ...f.options.map((o) => el("option", { value: o.value, selected: o.value === f.value }, o.label))), error);
    case "yes":
      return el("div", {}, el("label", { class: "choice" },
        el("input", { ...shared, id, type: "checkbox", checked: f.value === "yes" }), f.label), hint, error);
    case "area":
      return el("div", {}, label, hint, el("textarea", { ...single, rows: 4, maxlength: f.max || 150 }, f.value ?? ""), error);
    default: {
      const type = { date: "date", time: "time", number: "number" }[f.kind] ?? "text";
      return el("div", {}, label, hint,
        el("input", { ...single, type, value: f.value ?? "", autocomplete: "off", maxlength: type === "text" ? f.max || 150 : null,
          min: type === "number" ? 0 : null, step: type === "number" ? 1 : null }), error);
    }
  }
}
