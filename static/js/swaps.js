// Pages of which htmx swaps a part. They work without this file.
//
// data-status           the page's <p role="status">: counts are spoken here, failures shown
// data-announce         text inside a swapped part that is to be spoken once it has arrived
// data-results-heading  takes focus after a reader presses the button of an htmx form
// data-over             a fold that shuts once its form is sent
// data-plain            a button whose form the browser sends itself, past htmx

(() => {
  "use strict";

  const FAILED =
    "The page could not be updated. Please check your connection and try again. " +
    "If this may be an emergency, do not wait: call 999, 112, 911 or your local number.";

  // htmx writes the address of the page, and so what a reader ticked, into sessionStorage.
  // It asks first whether there is one: here there is none, and it does without.
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
    // On a phone the button may be a screen away from the place where the answer was expected.
    if (submitted) status.scrollIntoView({ block: "center" });
    submitted = false;
  }

  function arrive(event) {
    // A page may have two parts that change: the one that did is the one to speak of.
    const part = event.detail?.target?.querySelector("[data-announce]");
    const news = part || document.querySelector("[data-announce]");
    say(news ? news.textContent.trim().replace(/\s+/g, " ") : "", false);
    const heading = submitted && document.querySelector("[data-results-heading]");
    submitted = false;
    if (heading) heading.focus();
  }

  // htmx comes once a reader turns to a form, because most only read. What a reader does before it
  // is there is done again then. No form goes past it: without a network the page has to stay.
  // With a network but no htmx, the browser sends the next form itself.
  const tags = document.getElementById("htmx-tags").content;
  let isAsked = false;
  let isMissing = false;
  let again = null;

  function turn({ target }) {
    if (isAsked || !target.closest?.("form")) return;
    isAsked = true;
    // An htmx that came before the page is complete would wait for an event that has been.
    if (document.readyState === "complete") bring();
    else addEventListener("load", bring, { once: true });
  }

  function bring() {
    const copy = document.importNode(tags, true);
    copy.querySelector("script").addEventListener("error", () => {
      isAsked = false;
      isMissing = navigator.onLine;
      again = null;
      fail();
    });
    document.head.append(copy);
  }

  for (const kind of ["pointerover", "focusin", "input"]) document.addEventListener(kind, turn, true);
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
    const isPlain = submitter?.hasAttribute("data-plain") || !form.matches("[data-hx-get], [data-hx-post]");
    if (window.htmx || isPlain || isMissing) return;
    event.preventDefault();
    again = () => form.requestSubmit(submitter);
    turn(event);
  }, true);
  document.addEventListener("change", () => { submitted = false; }, true);

  document.addEventListener("htmx:responseError", fail);
  document.addEventListener("htmx:sendError", fail);
  document.addEventListener("htmx:timeout", fail);
  document.addEventListener("htmx:afterSettle", arrive);

  // What a reader unfolded stays so in the part that comes in its place.
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", () => {
    unfolded = [...document.querySelectorAll("details[id][open]")].map((fold) => fold.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  });

  // An address of which the page shows another state is loaded. Back from a source leads to the
  // same address: a step within the page.
  const address = () => location.pathname + location.search;
  let shown = address();
  for (const moved of ["pushedIntoHistory", "replacedInHistory"])
    document.addEventListener(`htmx:${moved}`, () => { shown = address(); });
  // A button pressed after a choice that was sent already is no step of its own.
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history } }) => {
    if (history.path === shown) history.type = "replace";
  });
  addEventListener("popstate", (event) => {
    event.stopImmediatePropagation();
    if (address() === shown) return;
    // A reload keeps the place: once the browser has gone to that of the step, in its next frame.
    requestAnimationFrame(() => setTimeout(() => location.reload()));
  }, true);
})();
