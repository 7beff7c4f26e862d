// Links that change the page in place, where they are told to (`data-enhance`, or `client: {enhance: true}`): fetched when somebody is about to click,
// and put into this document. Whatever is not a page of this site with the same rights is loaded as ever.

import { emit } from "./events.js";
import { parse, replacePage } from "./update.js";

const script = document.currentScript;

/** The element by which a document loads the client: the same on pages that may take each other's place (same client, same policy). */
const isEqual = (html) => html.querySelector('script[src^="/_puremix/client."]')?.outerHTML === script.outerHTML;

const everywhere = script.hasAttribute("data-enhance");

export function isEnhanced(element) {
  const told = element.closest("[data-enhance]");
  return told ? told.dataset.enhance !== "false" : everywhere;
}

/** An address without its fragment. */
export const pageOf = (url) => url.href.split("#")[0];

/** Where a link leads if it may change the page in place. */
function targetOf(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.origin !== location.origin || (link.target && link.target !== "_self") || link.hasAttribute("download") || link.dataset.puremixAction) return;
  const url = new URL(link.href);
  return isEnhanced(link) && (pageOf(url) !== pageOf(location) || !url.hash) ? url : undefined;
}

/** The page fetched last, and when. */
let ahead = {};

/** Fetches a page, unless that was done moments ago. */
function get(url) {
  const address = pageOf(url);
  if (ahead.address !== address || Date.now() - ahead.at > 10_000) {
    const page = fetch(address, { headers: { Accept: "text/html" } }).then(async (response) => ({ response, html: /html/.test(response.headers.get("Content-Type")) && (await response.text()) }));
    ahead = { address, at: Date.now(), page };
    page.catch(() => (ahead = {}));
  }
  return ahead.page;
}

let visits = 0;

/** Shows a page in this document; `scroll` is where it was left, when somebody goes back to it. */
async function visit(url, scroll) {
  const number = ++visits;
  const load = () => (scroll ? location.reload() : location.assign(url));
  try {
    const { response, html } = await get(url);
    // Somebody has clicked again.
    if (number !== visits) return;
    ahead = {};
    const address = new URL(response.url);
    const next = html && address.origin === location.origin && parse(html);
    if (!next || !isEqual(next)) return load();
    address.hash = url.hash;
    if (!scroll) {
      // Where this page is left.
      history.scrollRestoration = "manual";
      history.replaceState({ ...history.state, puremix: true, scroll: [scrollX, scrollY] }, "");
      history.pushState({ puremix: true }, "", address);
    }
    await replacePage(next);
    const anchor = address.hash && document.getElementById(decodeURIComponent(address.hash.slice(1)));
    if (scroll) scrollTo(...scroll);
    else if (anchor) anchor.scrollIntoView();
    else scrollTo(0, 0);
    const focus = document.querySelector("[autofocus]") ?? document.body;
    if (focus === document.body) focus.tabIndex = -1;
    focus.focus({ preventScroll: true });
  } catch {
    load();
  }
}

/** Goes where an event leads, in place. */
export function follow(event, url) {
  event.preventDefault();
  if (emit("navigate", { url: url.href }, event.target)) visit(url);
}

/** Goes to a page; in place where links do. */
export function navigate(url) {
  const target = new URL(url, location);
  if (!emit("navigate", { url: target.href })) return;
  if (everywhere && target.origin === location.origin) return visit(target);
  location.assign(target);
}

for (const kind of ["mouseover", "touchstart", "focusin"]) {
  addEventListener(kind, (event) => {
    const url = targetOf(event);
    if (url && !navigator.connection?.saveData) get(url).catch(() => {});
  }, { passive: true });
}

addEventListener("click", (event) => {
  const url = !event.defaultPrevented && !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && targetOf(event);
  if (!url) return;
  follow(event, url);
});

let shown = pageOf(location);
addEventListener("popstate", ({ state }) => {
  if (state?.puremix && pageOf(location) !== shown) visit(new URL(location), state.scroll ?? [0, 0]);
});
addEventListener("puremix:contentUpdated", () => (shown = pageOf(location)));
