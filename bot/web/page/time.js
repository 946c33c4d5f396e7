// Times, always in the zone of somebody.

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

export const clockTime = (t, zone) => format(zone, { hour: "2-digit", minute: "2-digit" }).format(t);
export const shortDay = (t, zone) => format(zone, { weekday: "short" }).format(t);
export const longDay = (t, zone) => format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(t);
export const middleDay = (t, zone) => format(zone, { weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(t);

// dateTimeLocal is what an input of that type takes: 2027-03-14T09:00.
export function dateTimeLocal(t, zone) {
  const p = Object.fromEntries(
    format(zone, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
      .formatToParts(t).map((x) => [x.type, x.value]));
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

// city is the name that people know a zone by: "New York".
export const city = (zone) => zone.split("/").pop().replaceAll("_", " ");

// Now is the playground's clock, which ticks on between what the stream says.
let base = 0;
let since = 0;

export function setNow(iso) {
  base = Date.parse(iso);
  since = performance.now();
}

export const now = () => new Date(base + performance.now() - since);
