// What HTML alone cannot do. The site works without this file.
//
// data-status           the page's <p role="status">: counts are spoken here, failures shown
// data-announce         text inside a swapped part that is to be spoken once it has arrived
// data-results-heading  takes focus after a reader presses the button of an htmx form
// data-print            a button, hidden until this file shows it, that prints the page
// data-over             a fold that shuts once its form is sent
// data-back             a way back from a source, led to the number that was tapped
// data-narrow           a field that narrows the lists in data-narrowed; data-words, more to find by
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

  let submitted = false;

  function say(text, failed) {
    const status = document.querySelector("[data-status]");
    if (!status) return;
    status.dataset.failed = String(failed);
    status.textContent = text;
  }

  function fail() {
    say(FAILED, true);
    // On a phone the button may be a screen away from the place where the answer was expected.
    if (submitted) document.querySelector("[data-status]")?.scrollIntoView({ block: "center" });
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

  // A change sends the form too, but must leave the focus on the control.
  document.addEventListener("submit", (event) => {
    submitted = true;
    event.target.closest("[data-over]")?.removeAttribute("open");
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

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // The list of sources is folded: open every fold around what a link leads to.
  function reveal(id) {
    const target = document.getElementById(id);
    let fold = target?.closest("details");
    for (; fold; fold = fold.parentElement.closest("details")) fold.open = true;
    return target;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const back = link && reveal(link.getAttribute("href").slice(1))?.querySelector("[data-back]");
    if (!back || !link.matches(".cite")) return;
    if (!link.id) {
      document.getElementById("tapped")?.removeAttribute("id");
      link.id = "tapped";
    }
    back.hash = link.id;
  });
  if (location.hash) reveal(location.hash.slice(1))?.scrollIntoView();

  // Back from a source is a step within the page: htmx would load it again, and lose the place.
  const address = () => location.pathname + location.search;
  let shown = address();
  for (const moved of ["pushedIntoHistory", "replacedInHistory"])
    document.addEventListener(`htmx:${moved}`, () => { shown = address(); });
  addEventListener("popstate", (event) => {
    if (address() === shown) event.stopImmediatePropagation();
  }, true);

  // A long list in groups: keep the lines that have what was typed.
  document.querySelector("[data-narrow]")?.addEventListener("input", (event) => {
    const typed = event.target.value.trim().toLowerCase();
    let count = 0;
    for (const group of document.querySelectorAll("[data-narrowed]")) {
      const lines = [...group.querySelectorAll("li")];
      for (const line of lines) {
        line.hidden = !`${line.textContent} ${line.dataset.words}`.toLowerCase().includes(typed);
      }
      const found = lines.filter((line) => !line.hidden).length;
      group.hidden = !found;
      group.open = Boolean(typed);
      count += found;
    }
    say(typed ? `${count} found` : "", false);
  });

  function showPrint() {
    for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  }

  showPrint();
  document.addEventListener("htmx:afterSettle", showPrint);
})();
