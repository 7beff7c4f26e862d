// What the page knows: the loaders' data, the token of its calls, and what is running.

import { emit } from "./events.js";

/** `PureMix.data`: one object as long as the document lives; what loaders return comes and goes in it. */
export const data = {};
Object.defineProperty(data, "results", { get: () => data, enumerable: false });

/** Where the page is, as calls name it. */
export const here = () => location.pathname + location.search;

const tokenMeta = () => document.querySelector("meta[name=csrf-token]");

/** The token of calls and forms; without one, for pages that got none, undefined. */
export const token = () => tokenMeta()?.content;

/** Takes a fresh token, for calls and for forms that are sent without us. */
export function setToken(fresh) {
  const meta = tokenMeta();
  if (meta) meta.content = fresh;
  for (const field of document.querySelectorAll("input[name=_csrf]")) field.value = fresh;
}

/** Replaces the loaders' data. */
export function setData(fresh) {
  for (const name of Object.keys(data)) delete data[name];
  updateData(fresh);
}

/** Changes some of the data and tells it. */
export function updateData(some) {
  Object.assign(data, some);
  emit("dataUpdate", data);
}

/** Reads the data that the document has brought. */
export function readData() {
  const text = document.getElementById("puremix-data")?.textContent;
  if (text) setData(JSON.parse(text));
}

/** How many calls of each function are running; the name "" is `setLoading`'s own. */
const counts = {};

export const isLoading = (name) => (name ? counts[name] > 0 : Object.values(counts).some((count) => count > 0));

/** Notes that calls of a function begin (1) or end (-1), and marks the elements that show it. */
export function noteLoading(name, change) {
  const before = isLoading();
  counts[name] = (counts[name] ?? 0) + change;
  showLoading();
  if (before !== isLoading()) emit("loadingChange", { loading: !before });
}

/** `PureMix.setLoading`: loading, whatever runs. */
export function setLoading(loading) {
  noteLoading("", +!!loading - (counts[""] ?? 0));
}

/** `data-loading` shows any call, `data-loading="save"` those of `save`: what was hidden is shown, all is marked as busy. */
export function showLoading() {
  for (const element of document.querySelectorAll("[data-loading]")) {
    const loading = isLoading(element.dataset.loading);
    element.ariaBusy = loading || null;
    if (element.hidden || element.$shown) element.hidden = !(element.$shown = loading);
  }
}
