// What an answer changes in the page.

import { base } from "./base.js";
import { emit } from "./events.js";
import { navigate, pageOf } from "./links.js";
import { bring, merge, mergeAttributes } from "./merge.js";
import { readData, setData, showLoading } from "./state.js";

/** The `html` element of a document's text. */
export function parse(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").documentElement;
  // As browsers with scripts read it: its content is text.
  for (const noscript of parsed.querySelectorAll("noscript")) noscript.textContent = noscript.innerHTML;
  return parsed;
}

/** Does what an answer says: goes elsewhere, loads anew, or shows the new version. */
export function finish({ result, html, data, redirect, reload }, render) {
  if (redirect) {
    const target = new URL(redirect, location);
    if (!target.hash || pageOf(target) !== pageOf(location)) return navigate(target);
    // To a place of this page: the browser would only scroll.
    location.hash = target.hash;
    return location.reload();
  }
  if (reload || (result?.success && result.refresh) || (render && !html)) return location.reload();
  if (data) setData(data);
  if (html) show(parse(html));
}

/** Makes the page the server's new version of it. */
function show(next) {
  const focused = document.activeElement;
  const { selectionStart, selectionEnd } = focused;
  merge(base, next);
  if (focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
    if (selectionStart != null) focused.setSelectionRange(selectionStart, selectionEnd);
  }
  changed(base.$);
}

/** Puts another page into this document: its head is merged, its body replaces ours. */
export async function replacePage(next) {
  // The parser makes both where they are not written.
  const [head, body] = base.children;
  const [nextHead, nextBody] = next.children;
  const known = new Set(document.querySelectorAll("link[rel=stylesheet]"));
  mergeAttributes(base, next, base.$);
  merge(head, nextHead);
  // The new page is not shown without its styles.
  const waiting = [...document.querySelectorAll("link[rel=stylesheet]")].filter((sheet) => !known.has(sheet));
  await Promise.all(waiting.map((sheet) => new Promise((loaded) => (sheet.onload = sheet.onerror = loaded))));
  const show = () => {
    body.replaceWith(nextBody);
    document.body.replaceWith(bring(nextBody));
    readData();
  };
  if (document.startViewTransition && !matchMedia("(prefers-reduced-motion: reduce)").matches) await document.startViewTransition(show).updateCallbackDone;
  else show();
  changed(document.body);
}

function changed(element) {
  showLoading();
  emit("contentUpdated", { element }, element);
}
