// Ask before a form is left with something typed in it that is not saved.
const form = document.querySelector("#content-main form[method=post]");

const isChanged = (field) => {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked !== field.defaultChecked;
  }
  if (field.type === "select-multiple") {
    return [...field.options].some((one) => one.selected !== one.defaultSelected);
  }
  if (field.type === "select-one") {
    const first = [...field.options].findIndex((one) => one.defaultSelected);
    return field.selectedIndex > 0 && field.selectedIndex !== first;
  }
  return "defaultValue" in field && field.value !== field.defaultValue;
};

if (form) {
  // A form that came back holds what was typed before.
  const cameBack = document.querySelector(".errornote") !== null;
  let isSent = false;
  form.addEventListener("submit", (event) => {
    isSent = event.submitter?.formTarget !== "_blank";
  });
  addEventListener("beforeunload", (event) => {
    if (!isSent && (cameBack || [...form.elements].some(isChanged))) event.preventDefault();
  });
}
