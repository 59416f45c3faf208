// Enhancements of the checklist, which works without this file.
//
// data-call-card       the emergency card, shown under an emergency tick before anything is sent
// data-call-reasons    the list in it: the reader's own ticks
// data-form-questions  the fold of the questions, opened once one of them matters
// data-matters-for     a question, shown once one of these ticks (“symptom:tingling”) is ticked;
//                      if scripts run, styles hide it from the first paint
// data-level           the level of an answer: the title mentions an emergency
// data-out-of-date     a note, shown once the ticks are no longer those of the answer
// data-form-fold       the fold around the form, closed once there is an answer
// data-start-again     a link that forgets the ticks
// data-take-off        a button that takes a tick off
//
// The ticks are stored in the tab's history entry, so that Back restores them and the answer.
// Closing the tab deletes them.

(() => {
  "use strict";

  const form = document.getElementById("checklist");
  if (!form) return;

  const MOST_REASONS = 3;
  const title = form.dataset.title;
  const status = document.querySelector("[data-status]");
  const card = document.querySelector("[data-call-card]");
  const note = document.querySelector("[data-out-of-date]");
  const level = () => document.querySelector("[data-level]").dataset.level;
  const inputs = () => [...form.elements].filter(({ type }) => type === "checkbox" || type === "radio");
  const same = (first, second) => first.name === second.name && first.value === second.value;

  function entitle(isEmergency) {
    document.title = isEmergency ? `Call for help now: ${title}` : title;
  }

  function keep(isAnswered) {
    const ticks = inputs().filter((input) => input.checked && input.value).map(({ name, value }) => [name, value]);
    history.replaceState({ ticks, isAnswered, y: scrollY }, "");
  }

  // Show a question once one of the ticks that it matters for is ticked, or while it is answered.
  function showQuestions() {
    const ticked = new Set(inputs().filter((input) => input.checked).map(({ name, value }) => `${name}:${value}`));
    const fold = form.querySelector("[data-form-questions]");
    for (const question of fold.querySelectorAll("[data-matters-for]")) {
      const matters = question.dataset.mattersFor.split(" ").some((tick) => ticked.has(tick));
      const answered = question.querySelector("input:checked");
      const isNew = (matters || answered) && !question.hasAttribute("data-shown");
      question.toggleAttribute("data-shown", Boolean(matters || answered));
      if (isNew) fold.open = true;
    }
  }

  function showCall(changed) {
    const ticks = [...form.querySelectorAll(".tick-danger input:checked")];
    if (card.hidden && !ticks.length) return;
    const reasons = ticks.slice(0, MOST_REASONS).map((tick) => {
      const reason = document.createElement("li");
      reason.textContent = tick.nextSibling.textContent.trim();
      return reason;
    });
    card.querySelector("[data-call-reasons]").replaceChildren(...reasons);
    if (ticks.includes(changed)) changed.closest(".tick").after(card);
    const isNew = card.hidden && ticks.length;
    card.hidden = !ticks.length;
    entitle(ticks.length > 0);
    if (isNew) status.textContent = "Call for help now. Call 999, 112, 911 or your local number.";
  }

  document.addEventListener("change", ({ target }) => {
    if (target.form !== form || !target.matches("input")) return;
    const before = target.getBoundingClientRect().top;
    showQuestions();
    showCall(target);
    // Questions appear above: keep the tapped element under the finger.
    scrollBy(0, target.getBoundingClientRect().top - before);
    const isAnswered = level() !== "nothing";
    note.hidden = !isAnswered;
    if (isAnswered) status.textContent = "This answer is not up to date. Choose “See results”.";
    keep(isAnswered);
  });

  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href]");
    if (link?.hasAttribute("data-start-again")) history.replaceState(null, "");
    else if (link) keep(level() !== "nothing");
    const button = target.closest("[data-take-off]");
    if (!button) return;
    const tick = { name: button.name, value: button.value.slice(1) };
    for (const input of inputs()) if (same(input, tick)) input.checked = false;
    showQuestions();
    showCall(null);
  });

  // The browser sends the form as it is now, so that the printed page has the current ticks.
  document.addEventListener("submit", (event) => {
    if (!event.submitter?.hasAttribute("data-plain")) return;
    keep(level() !== "nothing");
    event.stopPropagation();
  }, true);

  // Copy answers to the same questions in the form, because the swap removes these.
  document.addEventListener("htmx:beforeSwap", () => {
    for (const answer of document.querySelectorAll("#checklist-results input:checked")) {
      const twin = inputs().find((input) => form.contains(input) && same(input, answer));
      if (twin) twin.checked = true;
    }
  });

  function settle() {
    const isAnswered = level() !== "nothing";
    entitle(level() === "emergency");
    document.querySelector("[data-form-fold]").open = !isAnswered;
    note.hidden = true;
    return isAnswered;
  }

  let scrollTo = null;
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id !== "checklist-results") return;
    keep(settle());
    if (scrollTo !== null) window.scrollTo(0, scrollTo);
    // The form has just been folded: scroll the answer to the top of the screen.
    else if (document.activeElement.id === "results") document.activeElement.scrollIntoView();
    scrollTo = null;
  });

  // Wait until swaps.js, which loads htmx, listens.
  document.addEventListener("DOMContentLoaded", () => {
    const state = history.state;
    if (state?.ticks) {
      for (const input of inputs()) {
        if (input.value) input.checked = state.ticks.some(([name, value]) => same(input, { name, value }));
      }
      if (state.isAnswered) {
        scrollTo = state.y;
        document.addEventListener("htmx:load", () => {
          htmx.ajax("POST", form.dataset.hxPost, { source: form, target: "#checklist-results" });
        }, { once: true });
        form.dispatchEvent(new Event("focusin"));
      }
    }
    showQuestions();
  });
})();
