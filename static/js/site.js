// What HTML alone cannot do. The site works without this file.
//
// data-status           the page's <p role="status">: counts are spoken here, failures shown
// data-announce         text inside a swapped part that is to be spoken once it has arrived
// data-results-heading  takes focus after a reader presses the button of an htmx form
// data-print            a button, hidden until this file shows it, that prints the page
// data-over             a fold that shuts once its form is sent
// data-plain            a button whose form the browser sends itself, past htmx
// data-call-card        the emergency card, shown under an emergency tick before anything is sent
// data-call-reasons     the list in it: the reader's own ticks
// data-matters-for      a question, shown once one of these ticks (“symptom:tingling”) is ticked;
//                       styles hide it from the first paint where scripts run
// data-level            the level of an answer: the title says an emergency

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
    titled();
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

  // The checklist

  const MOST_REASONS = 3;

  // The title as it is without an emergency; the page may have come with one.
  const title = document.getElementById("checklist")?.dataset.title || document.title;

  function entitle(isEmergency) {
    document.title = isEmergency ? `Call for help now: ${title}` : title;
  }

  function titled() {
    const answer = document.querySelector("[data-level]");
    if (answer) entitle(answer.dataset.level === "emergency");
  }

  // A question in the answer has a twin in the form: what was answered must outlive the answer.
  function keepAnswers() {
    const form = document.getElementById("checklist");
    for (const given of document.querySelectorAll("#checklist-results input:checked")) {
      const twin = [...(form?.querySelectorAll("[data-matters-for] input") || [])]
        .find((input) => input.name === given.name && input.value === given.value);
      if (twin) twin.checked = true;
    }
  }

  // A question shows once something is ticked that it matters for, and stays while it is answered.
  function showQuestions(form) {
    const ticked = new Set([...form.querySelectorAll("input:checked")].map((input) => {
      return `${input.name}:${input.value}`;
    }));
    for (const question of form.querySelectorAll("[data-matters-for]")) {
      const matters = question.dataset.mattersFor.split(" ").some((tick) => ticked.has(tick));
      const answered = question.querySelector("input:checked");
      question.toggleAttribute("data-shown", Boolean(matters || answered));
    }
  }

  function showCall(form, changed) {
    const card = document.querySelector("[data-call-card]");
    const ticks = [...form.querySelectorAll(".tick-danger input:checked")];
    if (!card || (card.hidden && !ticks.length)) return;
    const reasons = ticks.slice(0, MOST_REASONS).map((tick) => {
      const reason = document.createElement("li");
      reason.textContent = tick.nextElementSibling.firstChild.textContent.trim();
      return reason;
    });
    card.querySelector("[data-call-reasons]").replaceChildren(...reasons);
    if (ticks.includes(changed)) changed.closest(".tick").after(card);
    const isNew = card.hidden && ticks.length;
    card.hidden = !ticks.length;
    entitle(ticks.length > 0);
    if (isNew) say("Call for help now. Call 112, 911, 999 or your local number.", false);
  }

  function setUp() {
    const form = document.getElementById("checklist");
    if (!form) return;
    showQuestions(form);
    form.addEventListener("change", (event) => {
      showQuestions(form);
      showCall(form, event.target);
    });
    // What is printed is what is ticked now: the browser sends the form as it stands.
    document.addEventListener("submit", (event) => {
      if (event.submitter?.hasAttribute("data-plain")) event.stopPropagation();
    }, true);
    document.addEventListener("htmx:beforeSwap", keepAnswers);
  }

  setUp();

  function showPrint() {
    for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  }

  showPrint();
  document.addEventListener("htmx:afterSettle", showPrint);
})();
