// The base: the document as the server last sent it. An update compares the server's new version with it, so that what scripts and people have
// changed since is not taken for the server's, and is left alone.

import { link } from "./merge.js";

/** Nodes of this document load nothing and run nothing. */
const inert = document.implementation.createHTMLDocument("");

/** Copies a node with all that is in it. */
export function copyAll(live) {
  const made = inert.importNode(live, true);
  link(made, live);
  return made;
}

/** The base's `html` element; `$` of a node is the page's node. */
export const base = copyAll(document.documentElement);

if (document.readyState === "loading") {
  /** The base's node of a node of the page. */
  const copies = new Map();
  const known = (made) => {
    copies.set(made.$, made);
    made.childNodes.forEach(known);
  };
  known(base);
  // Scripts of the page run while it is read. Before and after each of them the observer is called, so what it is told at once was done either by the
  // parser or by a script; and the parser only appends, and only to the elements that are open: those around what it made last.
  let latest = document.currentScript;
  const note = (records) => {
    const added = [];
    let end = latest;
    for (const { type, target, addedNodes, removedNodes, nextSibling } of records) {
      if (type !== "childList") {
        if (target !== end) return;
        added.push([target]);
      } else {
        if (removedNodes.length || nextSibling || !target.contains(end)) return;
        for (const node of addedNodes) added.push([(end = node), target]);
      }
    }
    latest = end;
    for (const [node, target] of added) {
      if (!target) copies.get(node).data = node.data;
      else if (!copies.has(node)) {
        const made = inert.importNode(node);
        made.$ = node;
        copies.set(node, made);
        copies.get(target)?.appendChild(made);
      }
    }
  };
  const observer = new MutationObserver(note);
  observer.observe(document, { childList: true, subtree: true, characterData: true });
  // Before deferred scripts and modules.
  document.addEventListener("readystatechange", () => {
    note(observer.takeRecords());
    observer.disconnect();
  }, { once: true });
}
