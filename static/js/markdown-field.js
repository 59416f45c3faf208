// Markdown fields: complete [@ and [[ from lists, and show a preview beside the text.
const MOST = 6;
const OPEN = /\[\[([^[\]\n]*)$|\[(?:@[\w-]+; ?)*@([\w-]*)$/;
const wide = matchMedia("(min-width: 1280px)");
let words;
let number = 0;

const load = async (address) => {
  words ??= fetch(`${address}?as=json`).then((answer) => (answer.ok ? answer.json() : {}));
  return words;
};

// Completions of the text before the caret: those that begin with it, then those that contain it.
const completions = ({ citations = [], blocks = [] }, [, block, source]) => {
  const isBlock = block !== undefined;
  const typed = (isBlock ? block : source).toLowerCase();
  const all = isBlock ? blocks : citations;
  const matches = all.filter((pair) => pair.join(" ").toLowerCase().includes(typed));
  const starts = matches.filter(([text]) => text.slice(2).toLowerCase().startsWith(typed));
  return [...new Set([...starts, ...matches])].slice(0, MOST);
};

const fieldOf = (box) => box.closest(".markdown-field");

const close = (box) => {
  fieldOf(box).querySelector("[role=listbox]").replaceChildren();
  box.removeAttribute("aria-activedescendant");
};

const mark = (box, options, active) => {
  for (const [index, option] of options.entries()) {
    option.setAttribute("aria-selected", String(index === active));
  }
  box.setAttribute("aria-activedescendant", options[active].id);
};

const choose = (box, text) => {
  const before = box.value.slice(0, box.selectionStart);
  const after = box.value.slice(box.selectionStart);
  const open = OPEN.exec(before);
  // A second source follows the first within the same brackets.
  const isSource = open[1] === undefined;
  const whole = isSource ? text.slice(1) : text;
  const start = isSource ? before.lastIndexOf("@") : open.index;
  const end = before.length + (isSource && after.startsWith("]") ? 1 : 0);
  box.setRangeText(whole, start, end, "end");
  // In blocks such as [[steps]], put the caret between the two marks.
  const line = whole.indexOf("\n");
  if (line > 0) box.selectionStart = box.selectionEnd = start + line + 1;
  close(box);
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
};

const suggest = async (box) => {
  const field = fieldOf(box);
  const open = OPEN.exec(box.value.slice(0, box.selectionStart));
  const list = field.querySelector("[role=listbox]");
  const some = open ? completions(await load(field.dataset.words), open) : [];
  if (some.length === 0) {
    close(box);
    return;
  }
  const options = some.map(([text, label]) => {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    option.id = `suggestion-${(number += 1)}`;
    const code = document.createElement("code");
    code.textContent = text.split("\n")[0];
    option.append(code, ` ${label}`);
    // The field keeps the focus.
    option.addEventListener("pointerdown", (event) => event.preventDefault());
    option.addEventListener("click", () => choose(box, text));
    return option;
  });
  list.replaceChildren(...options);
  mark(box, options, 0);
};

const show = async (box) => {
  const field = fieldOf(box);
  const pane = field.querySelector(".markdown-preview");
  const button = field.querySelector("button[formaction]");
  if (!wide.matches || !pane) return;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", box.form.elements.csrfmiddlewaretoken.value);
  body.set(button.name, "");
  body.set(box.name, box.value);
  const answer = await fetch(button.formAction, { method: "POST", body });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = page.querySelectorAll("main .callout-caution[aria-labelledby], main .prose");
  for (const element of page.querySelectorAll("[id]")) element.removeAttribute("id");
  for (const element of page.querySelectorAll("[aria-labelledby]")) element.removeAttribute("aria-labelledby");
  pane.replaceChildren(...parts);
  for (const other of document.querySelectorAll(".markdown-preview")) other.hidden = true;
  pane.hidden = false;
};

let timer;
let shown = Promise.resolve();
const showSoon = (box, pause) => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    // One after the other, or an older preview could come last.
    const next = () => show(box);
    shown = shown.then(next, next);
  }, pause);
};

const isOurs = (target) => target.matches?.("textarea.markdown");

document.addEventListener("input", ({ target }) => {
  if (!isOurs(target)) return;
  suggest(target);
  showSoon(target, 700);
});
document.addEventListener("focusin", ({ target }) => {
  if (!isOurs(target)) return;
  target.setAttribute("aria-autocomplete", "list");
  showSoon(target, 0);
});
document.addEventListener("focusout", ({ target }) => {
  if (isOurs(target)) close(target);
});
document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (!isOurs(box)) return;
  const options = [...fieldOf(box).querySelectorAll("[role=option]")];
  const active = options.findIndex((option) => option.ariaSelected === "true");
  if (options.length === 0) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    mark(box, options, (active + steps[event.key] + options.length) % options.length);
  } else if (event.key === "Enter" || event.key === "Tab") {
    options[active].click();
  } else if (event.key === "Escape") {
    close(box);
  } else {
    return;
  }
  event.preventDefault();
});
