// What HTML alone cannot do. The site works without this file.
//
// data-status           the page's <p role="status">: counts are spoken here, failures shown
// data-announce         text inside a swapped part that is to be spoken once it has arrived
// data-results-heading  takes focus after a reader presses the button of an htmx form
// data-print            a button, hidden until this file shows it, that prints the page
// data-over             a fold that shuts once its form is sent
// data-plain            a button whose form the browser sends itself, past htmx

(() => {
  "use strict";

  const FAILED =
    "The page could not be updated. Please check your connection and try again. " +
    "If this may be an emergency, do not wait: call 112, 911, 999 or your local number.";

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

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  function showPrint() {
    for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  }

  showPrint();
  document.addEventListener("htmx:afterSettle", showPrint);
})();
