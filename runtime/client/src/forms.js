// Forms and handlers of server functions, as the compiler marks them: `data-puremix-action` on a form is its submission, elsewhere a click or what
// `data-puremix-on` says. Without this file the same markup works as plain forms.

import { PureMixError, send } from "./call.js";
import { emit } from "./events.js";
import { follow, isEnhanced } from "./links.js";
import { here } from "./state.js";
import { clearErrors, showFailure } from "./messages.js";

// A form's own properties may be its fields (`<input name="action">`): attributes are read instead.

/** What is running, by the element that has begun it. */
const running = new Map();

/** The component's place, where the function is a component's. */
function placeOf(element, name) {
  const [component, own] = name.split(".");
  return own && element.closest(`[data-component="${CSS.escape(component)}"]`)?.dataset.componentId;
}

function agreed(element) {
  const question = element?.getAttribute("data-confirm");
  return !question || confirm(question);
}

/** What an element says beside its function: its `data-` attributes, then its arguments. */
function argumentsOf({ dataset }) {
  const own = Object.entries(dataset).filter(([name]) => !/^(puremix|confirm|loading|component|enhance)/.test(name));
  return { ...Object.fromEntries(own), ...JSON.parse(dataset.puremixArgs ?? "{}") };
}

/** The fields as they would be sent, for a comparison. */
const typed = (form) => JSON.stringify([...new FormData(form)]);

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const say = (name) => submitter?.getAttribute("form" + name) ?? form.getAttribute(name) ?? "";
  const name = submitter?.dataset.puremixAction ?? (submitter?.name === "_action" ? submitter.value : form.getAttribute("data-puremix-action"));
  const route = new URL(say("action"), location.href);
  const fields = new FormData(form, submitter);
  if (event.defaultPrevented || !/^(_self)?$/.test(say("target")) || route.origin !== location.origin) return;
  if (!name) {
    // A search: a link with what was typed.
    route.search = new URLSearchParams(fields);
    if (/^(get)?$/i.test(say("method")) && isEnhanced(form)) follow(event, route);
    return;
  }
  if (!/^(post)?$/i.test(say("method"))) return;
  event.preventDefault();
  if (running.has(form) || !agreed(submitter) || !agreed(form)) return;
  for (const own of ["_action", "_csrf", "_component"]) fields.delete(own);
  const before = typed(form);
  const after = ({ result }) => {
    const isDone = result?.success !== false && !result?.error;
    // What was typed meanwhile stays.
    if (emit("formSuccess", { form, result }, form) && isDone && typed(form) === before) HTMLFormElement.prototype.reset.call(form);
  };
  run(form, submitter, name, fields, { route: route.pathname + route.search, before: after, extra: submitter && argumentsOf(submitter) });
});

/** Runs a function for an element; what went wrong is shown beside it. */
async function run(element, button, name, data, options) {
  const form = element instanceof HTMLFormElement ? element : undefined;
  if (!emit("action", { name, data, element }, element)) return;
  clearErrors(element);
  const stop = new AbortController();
  running.set(element, stop);
  const focused = document.activeElement;
  element.ariaBusy = true;
  // A second click would be a second order. Fields stay usable.
  if (button) button.disabled = true;
  const release = () => {
    if (running.get(element) !== stop) return;
    running.delete(element);
    element.ariaBusy = null;
    if (!button) return;
    button.disabled = false;
    // A button that is off loses the focus, some moments later.
    if (focused === button && [button, document.body].includes(document.activeElement)) {
      button.blur();
      button.focus({ preventScroll: true });
    }
  };
  const onprogress = (progress) => emit("progress", progress, element);
  const before = (answer) => {
    release();
    options.before?.(answer);
  };
  try {
    await send(name, data, { route: here(), ...options, before, render: "page", element, signal: stop.signal, onprogress, componentId: placeOf(element, name) });
  } catch (error) {
    release();
    // A newer call has taken its place.
    if (!(error instanceof PureMixError)) {
      if (error !== stop.signal.reason) throw error;
    } else if (emit(form ? "formError" : "error", { error, name, element }, element)) {
      showFailure(error, element);
    }
  }
}

/** Clicks and changes of elements that are not forms. */
function act(event) {
  const element = event.target.closest?.("[data-puremix-action]");
  if (!element || element instanceof HTMLFormElement || event.defaultPrevented || (element.dataset.puremixOn ?? "click") !== event.type) return;
  // A button of a form sends the form; that of a hidden one (as for buttons in none) stands for itself.
  if (event.type === "click" && element.form && !element.form.hasAttribute("hidden") && element.type === "submit") return;
  event.preventDefault();
  const isField = event.type !== "click";
  if ((running.has(element) && !isField) || !agreed(element)) return;
  // Of what is typed only the latest counts.
  running.get(element)?.abort();
  let data = argumentsOf(element);
  if (isField) {
    const value = element.type === "checkbox" ? element.checked : element.value;
    const own = { value, ...(element.name ? { [element.name]: element.files ?? value } : {}), ...data };
    data = element.form && !element.files ? { ...Object.fromEntries(new FormData(element.form)), ...own } : own;
    delete data._csrf;
  }
  run(element, isField ? undefined : element, element.dataset.puremixAction, data, {});
}

for (const kind of ["click", "change", "input"]) addEventListener(kind, act);
