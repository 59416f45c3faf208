// What HTML alone cannot do. The site works without this file.
//
// data-status           the page's <p role="status">: counts are spoken here, failures shown
// data-announce         text inside a swapped part that is to be spoken once it has arrived
// data-results-heading  takes focus after a reader presses the button of an htmx form
// data-print            a button, hidden until this file shows it, that prints the page
// data-back             a way back from a source, led to the number that was tapped
// data-narrow           a field that narrows the lists in data-narrowed; data-words, more to find by
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
  document.addEventListener("submit", () => { submitted = true; }, true);
  document.addEventListener("change", () => { submitted = false; }, true);

  document.addEventListener("htmx:responseError", fail);
  document.addEventListener("htmx:sendError", fail);
  document.addEventListener("htmx:timeout", fail);
  document.addEventListener("htmx:afterSettle", arrive);

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
