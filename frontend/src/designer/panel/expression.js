// Expressions (CEL): what is written, what is meant. The simple ones are recognised, so that people read words.
const MARKED = /^\$\{([\s\S]*)\}$/;

/** The expression inside `${…}`, or null if the text is something else. */
export function inside(text) {
  const match = MARKED.exec((text || "").trim());
  return match ? match[1].trim() : null;
}

export const marked = (source) => (source ? `\${${source}}` : "");

/** The outcome a condition asks for, or null if it asks for anything else. */
export function outcomeOf(text) {
  const source = inside(text) ?? (text || "").trim();
  const match = /^outcome\s*==\s*(["'])([\w.-]+)\1$/.exec(source);
  return match ? match[2] : null;
}

export const outcomeIs = (name) => marked(`outcome == "${name}"`);

const DURATION = /^P(?:(\d+)([YMWD])|T(\d+)([HM]))$/;

/** A plain duration such as P3D or PT2H as {amount, unit}, or null. `unit`: minutes hours days weeks months years. */
export function durationOf(text) {
  const match = DURATION.exec((text || "").trim());
  if (!match) return null;
  const units = match[1] ? { Y: "years", M: "months", W: "weeks", D: "days" } : { H: "hours", M: "minutes" };
  return { amount: Number(match[1] || match[3]), unit: units[match[2] || match[4]] };
}

const LETTERS = { minutes: "M", hours: "H", days: "D", weeks: "W", months: "M", years: "Y" };

export function duration(amount, unit) {
  const time = unit === "minutes" || unit === "hours";
  return `P${time ? "T" : ""}${amount}${LETTERS[unit]}`;
}

/** A plain repetition such as R3/P7D as {times, amount, unit}; `times` blank means without end. */
export function cycleOf(text) {
  const match = /^R(\d*)\/(P.+)$/.exec((text || "").trim());
  const every = match && durationOf(match[2]);
  return every ? { times: match[1], ...every } : null;
}

/** How many working days a date expression waits, or null. The day after the last of them is meant: they are over. */
export function workdaysOf(text) {
  const source = inside(text) || "";
  const match = /^days_after\(workdays_after\(today, *(\d+)\), *1\)$/.exec(source);
  return match ? Number(match[1]) : null;
}

export const workdays = (count) => marked(`days_after(workdays_after(today, ${count}), 1)`);

export const percentOf = (text) => {
  const source = inside(text) ?? (text || "").trim();
  const match = /^nrOfCompletedInstances \* 100 >= nrOfInstances \* (\d+)$/.exec(source);
  return match ? Number(match[1]) : null;
};

export const percent = (share) => `nrOfCompletedInstances * 100 >= nrOfInstances * ${share}`;

