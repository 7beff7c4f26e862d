// What went wrong, for people: beside the fields that the server has complained of, and in a region that screen readers read out.

import { setAttribute } from "./merge.js";

let count = 0;

/** Takes back what an earlier try has left. */
export function clearErrors(element) {
  for (const note of document.querySelectorAll('[id^="puremix-error-"]')) {
    const { field, owner, described } = note.$;
    if (owner !== element && owner.isConnected) continue;
    note.remove();
    if (!field) continue;
    field.ariaInvalid = null;
    setAttribute(field, "aria-describedby", described);
  }
}

/** Puts a message next to a field, or (with a role, so that it is read out) before all else in its owner. */
function note(text, owner, field) {
  const element = document.createElement("div");
  element.className = "puremix-error";
  element.id = "puremix-error-" + ++count;
  const described = field?.getAttribute("aria-describedby");
  element.$ = { field, owner, described };
  if (field) {
    field.ariaInvalid = true;
    field.setAttribute("aria-describedby", (described ? described + " " : "") + element.id);
    field.after(element);
  } else {
    element.role = "alert";
    if (owner instanceof HTMLFormElement) owner.insertBefore(element, owner.firstChild);
    else owner.after(element);
  }
  element.textContent = text;
}

/** Shows why a form or handler has failed. */
export function showFailure(error, owner) {
  let first;
  const rest = [];
  for (const [name, said] of Object.entries(error.errors ?? {})) {
    const text = [said].flat().join(" ");
    const found = owner.elements?.namedItem(name);
    const field = found?.form ? found : found?.[0];
    if (field && field.type !== "hidden") {
      note(text, owner, field);
      first ??= field;
    } else {
      rest.push(text);
    }
  }
  if (!first || rest.length) note(rest.join(" ") || error.message + (error.requestId ? ` (${error.requestId})` : ""), owner);
  first?.focus();
}
