// Store what is typed in a form in this browser until it is saved, and offer to restore it.
const OURS = "unsaved ";
const SENT = "unsaved form sent";
const DAYS = 14;
const mine = `${OURS}${document.querySelector("script[data-account]").dataset.account} `;
// The form of a row over a proposal, or with all rows of an inline, is stored separately; the filters
// of its list do not matter.
const query = new URLSearchParams(location.search);
const place = `${location.pathname} ${query.get("proposal") ?? ""} ${query.get("rows") ?? ""}`;
// Not in popups, which close as soon as their form is saved.
const form = document.querySelector("body:not(.popup) form[id$=_form]");

const textsOf = (prefix) =>
  Object.entries(localStorage)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]) => ({ key, ...JSON.parse(text) }))
    .sort((first, second) => first.at - second.at);

const NEVER = ["button", "file", "image", "password", "reset", "submit"];
const isKept = ({ name, type }) =>
  name && name !== "csrfmiddlewaretoken" && !name.includes("__prefix__") && !NEVER.includes(type);
const isSeen = (field) =>
  isKept(field) && (field.type !== "hidden" || field.name.endsWith("-TOTAL_FORMS"));

// The values that a field would send. Choices include their labels, as lists may be fetched later.
const valuesOf = (field) => {
  if (field.options) return [...field.selectedOptions].map(({ value, text }) => [value, text]);
  if (field.type === "checkbox" || field.type === "radio") return field.checked ? [field.value] : [];
  return [field.value];
};

const read = (takes) => {
  const fields = {};
  for (const field of form.elements) {
    if (takes(field)) (fields[field.name] ??= []).push(...valuesOf(field));
  }
  return fields;
};

const same = (first, second) => JSON.stringify(first) === JSON.stringify(second);
const isShown = ({ fields }) =>
  Object.entries(read(isSeen)).every(([name, now]) => same(now, fields[name] ?? now));

const write = (field, values) => {
  if (field.options) {
    const existing = new Set([...field.options].map(({ value }) => value));
    for (const [value, text] of values) if (!existing.has(value)) field.append(new Option(text, value));
    const chosen = new Set(values.map(([value]) => value));
    for (const option of field.options) option.selected = chosen.has(option.value);
  } else if (field.type === "checkbox" || field.type === "radio") {
    field.checked = values.includes(field.value);
  } else {
    field.value = values.shift();
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const folded = field.type === "hidden" ? null : field.closest("details");
  if (folded) folded.open = true;
};

// Restore hidden fields too: they name the version that was edited, so that a save detects newer ones.
const putBack = ({ fields }) => {
  for (const [name, [total]] of Object.entries(fields)) {
    const prefix = /(.+)-TOTAL_FORMS$/.exec(name)?.[1];
    const add = prefix && document.querySelector(`#${prefix}-group .add-row a`);
    for (let rows = form.elements[name]?.value; add && rows < total; rows++) add.click();
  }
  const now = read(isKept);
  for (const field of [...form.elements].filter(isKept)) {
    const values = fields[field.name];
    if (values && !same(values, now[field.name])) write(field, values);
  }
};

// The key under which this page stores its form.
let key = "";
const opened = form && read(isSeen);
const keep = () => {
  // While a form opens, the admin's scripts send change events although nothing was typed.
  if (!key && same(read(isSeen), opened)) return;
  key ||= mine + Date.now();
  localStorage.setItem(key, JSON.stringify({ place, at: Date.now(), fields: read(isKept) }));
};

const words = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

const button = (text, act) => {
  const element = document.createElement("button");
  Object.assign(element, { type: "button", className: "button", textContent: text });
  element.addEventListener("click", act);
  return element;
};

const offer = (text, region) => {
  const line = document.createElement("p");
  const done = (message) => {
    localStorage.removeItem(text.key);
    line.textContent = message;
    region.focus();
  };
  line.append(
    `Unsaved text of ${words.format(text.at)}: `,
    button("Put it back", () => {
      putBack(text);
      keep();
      done("It is back in the form, and not saved yet.");
    }),
    " ",
    button("Throw it away", () => done("The unsaved text is thrown away.")),
  );
  region.append(line);
};

for (const { key: old, at } of textsOf(OURS)) {
  if (Date.now() - at > DAYS * 24 * 3600 * 1000) localStorage.removeItem(old);
}
const sent = sessionStorage.getItem(SENT);
// The page that sends a form again means that it is not saved yet.
if (form?.id !== "resubmission_form") sessionStorage.removeItem(SENT);
if (document.querySelector(".messagelist .success")) localStorage.removeItem(sent);

if (form) {
  const texts = textsOf(mine).filter((text) => text.place === place);
  // A form that was returned already contains its text, perhaps beside that of a colleague.
  const isReturned = document.querySelector(".errornote");
  const back = texts.find((text) => text.key === sent && (isReturned || isShown(text)));
  if (back) key = sent;
  const others = texts.filter((text) => text !== back && !isShown(text));
  if (others.length > 0) {
    const region = document.createElement("div");
    Object.assign(region, { className: "broken-cases", role: "status", tabIndex: -1 });
    form.prepend(region);
    for (const text of others) offer(text, region);
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  // The admin's autocompletes send change events through jQuery only.
  window.django?.jQuery(form).on("change", keep);
  form.addEventListener("submit", ({ submitter }) => {
    if (key && submitter?.formTarget !== "_blank") sessionStorage.setItem(SENT, key);
  });
}

document.querySelector("#logout-form")?.addEventListener("submit", (event) => {
  const texts = textsOf(mine);
  const question = "Signing out throws away the text that you have not saved. Sign out?";
  if (texts.length > 0 && !window.confirm(question)) event.preventDefault();
  else for (const text of texts) localStorage.removeItem(text.key);
});
