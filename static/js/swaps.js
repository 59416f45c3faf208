// Enhancements of pages with parts that htmx swaps. They work without this file.
//
// data-status           the page's <p role="status">: counts are announced here, failures shown
// data-announce         text inside a swapped part that is announced after the swap
// data-problem          what was wrong with a choice, or an emergency, announced first
// data-results-heading  takes focus after a reader presses the button of an htmx form
// data-over             a <details> over the page that closes on Escape and once its form is sent
// data-plain            a button whose form the browser sends without htmx

(() => {
  "use strict";

  const FAILED =
    "The page could not be updated. Please check your connection and try again. " +
    "If this may be an emergency, do not wait: call 999, 112, 911 or your local number.";

  // htmx would write the address of the page, and so what a reader chose, into sessionStorage.
  // It checks first whether that is available, and works without.
  Object.defineProperty(window, "sessionStorage", {
    get() { throw new DOMException("This site keeps nothing in the browser.", "SecurityError"); },
  });

  const status = document.querySelector("[data-status]");
  let submitted = false;

  function say(text, failed) {
    status.dataset.failed = String(failed);
    status.textContent = text;
  }

  function fail() {
    say(FAILED, true);
    submitted = false;
  }

  // The number of a source after a figure would be heard as a part of it.
  function wordsOf(element) {
    const texts = [...element.childNodes].map((node) => (node.className === "cite" ? "" : node.textContent));
    return texts.join("").trim().replace(/\s+/g, " ");
  }

  function arrive({ target, detail }) {
    // Each part that changes with the target has this event too.
    if (target !== detail.target) return;
    // Of several parts that may change, announce the one that did.
    const part = target.querySelector("[data-announce]");
    const news = part || document.querySelector("[data-announce]");
    const heading = submitted && document.querySelector("[data-results-heading]");
    submitted = false;
    // Screen readers read a heading as it takes the focus.
    const parts = [...document.querySelectorAll("[data-problem]"), news];
    say(parts.filter((element) => element && element !== heading).map(wordsOf).join(" "), false);
    if (heading) heading.focus();
  }

  // Load htmx once a reader turns to a form, because most only read. Repeat what a reader does before
  // it is loaded. No form bypasses it, because without a network the page must stay. If there is a
  // network and htmx fails to load, the browser sends the next form itself. The failure is shown once
  // something waits for htmx: shown under a pointer that only passes, it would move the target away.
  const tags = document.getElementById("htmx-tags").content;
  let isAsked = false;
  let isAwaited = false;
  let isMissing = false;
  let again = null;

  function turn({ target, type }) {
    if (!target.closest?.("form, [form]")) return;
    if (!["pointerover", "focusin"].includes(type)) isAwaited = true;
    if (isAsked) return;
    isAsked = true;
    // Loaded earlier, htmx could wait for an event that has already happened.
    if (document.readyState === "complete") bring();
    else addEventListener("load", bring, { once: true });
  }

  function bring() {
    const copy = document.importNode(tags, true);
    copy.querySelector("script").addEventListener("error", () => {
      isAsked = false;
      isMissing = navigator.onLine;
      again = null;
      if (isAwaited) fail();
      isAwaited = false;
    });
    document.head.append(copy);
  }

  for (const kind of ["pointerover", "focusin", "input", "restore"]) document.addEventListener(kind, turn, true);
  document.addEventListener("input", ({ target }) => {
    if (window.htmx) return;
    again = () => {
      for (const kind of ["input", "change"]) target.dispatchEvent(new Event(kind, { bubbles: true }));
    };
  });
  document.addEventListener("htmx:load", () => {
    again?.();
    again = null;
  });

  // A change sends the form too, but must leave the focus on the control.
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    submitted = true;
    form.closest("[data-over]")?.removeAttribute("open");
    const isPlain = submitter?.hasAttribute("data-plain");
    if (isPlain) event.stopPropagation();
    if (window.htmx || isPlain || isMissing || !form.matches("[data-hx-get], [data-hx-post]")) return;
    event.preventDefault();
    // htmx learns which button sends the form from its click.
    again = () => (submitter ? submitter.click() : form.requestSubmit());
    turn(event);
  }, true);
  document.addEventListener("change", () => { submitted = false; }, true);

  // A press moves the focus, which sends the change of the field that loses it. If the swap replaces
  // what is pressed, most browsers send no click on release.
  let pressed = null;
  let control = null;
  const controlOf = (element) => element.closest?.("a, button, label, summary");
  document.addEventListener("mousedown", ({ target }) => {
    pressed = target;
    control = controlOf(target);
  });
  document.addEventListener("mouseup", ({ target, button }) => {
    const current = controlOf(target);
    if (button !== 0 || pressed?.isConnected !== false || !current) return;
    if (current.textContent !== control?.textContent) return;
    const timer = setTimeout(() => current.click());
    current.addEventListener("click", () => clearTimeout(timer), { once: true });
  });

  document.addEventListener("keydown", ({ key }) => {
    const panel = key === "Escape" && document.querySelector("[data-over][open]");
    if (!panel) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });

  document.addEventListener("htmx:responseError", fail);
  document.addEventListener("htmx:sendError", fail);
  document.addEventListener("htmx:timeout", fail);
  document.addEventListener("htmx:afterSettle", arrive);

  // Keep what a reader unfolded open after the swap.
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", () => {
    unfolded = [...document.querySelectorAll("details[id][open]")].map((fold) => fold.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  });

  // Back and Forward load an address if the page shows another state. Back from a source has the same
  // address, and is a step within the page.
  const address = ({ pathname, search } = location) => pathname + search;
  const loaded = performance.getEntriesByType("navigation")[0]?.name ?? location;
  let shown = address(new URL(loaded));
  // Forward was pressed before this script ran.
  if (address() !== shown) location.reload();
  for (const moved of ["pushedIntoHistory", "replacedInHistory"])
    document.addEventListener(`htmx:${moved}`, () => { shown = address(); });
  // A button that sends an unchanged choice adds no history entry.
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history } }) => {
    if (history.path === shown) history.type = "replace";
  });
  addEventListener("popstate", (event) => {
    event.stopImmediatePropagation();
    if (address() === shown) return;
    // Wait until the browser has restored the scroll position, which a reload keeps.
    requestAnimationFrame(() => setTimeout(() => location.reload()));
  }, true);
})();
