// Three-way merge: what the server has changed between two versions of a node is changed in the page, and nothing else. The base's tree becomes the
// new version on the way: where both versions are equal, neither it nor the page is touched.

// A form's own properties may be its fields (`<input name="id">`, `<button name="remove">`): here attributes are read, and parents called.

const attribute = (node, name) => node.getAttribute?.(name);

/** What tells an element from its siblings across versions. */
const keyOf = (node) => attribute(node, "id") || attribute(node, "data-component-key");

/** Written anew with each version, and no sign of another node. */
const passing = /( name="_c\w+" value| data-component-id)="[^"]*"/g;

/** The text by which nodes are compared. */
const textOf = (node) => node.outerHTML?.replace(passing, "") ?? node.data;

/** Whether a node may become the other in place; of a form whose field is called `nodeName` that is the field. Scripts run when they come, so one with another text is another one. */
const isKin = (one, other) => "" + one.nodeName === "" + other.nodeName && one.nodeName !== "SCRIPT" && ["id", "data-component-key", "name", "type"].every((name) => attribute(one, name) === attribute(other, name));

/** Not ours: marked so, or what a framework has mounted its own tree in. */
const isForeign = (live) => live.hasAttribute("data-puremix-ignore") || Object.keys(live).some((name) => /^__(reactContainer|vue_app)/.test(name));

/** Makes `base`, and the page's node that belongs to it, the version `next`; both are of one kind. */
export function merge(base, next) {
  const live = base.$;
  if (base.nodeType !== 1) {
    if (base.data !== next.data) base.data = live.data = next.data;
  } else if (!isForeign(live)) {
    // The text of an area is its value until somebody edits it.
    const isUnedited = base.nodeName === "TEXTAREA" && live.value === base.value;
    mergeAttributes(base, next, live);
    mergeChildren(base, next, live);
    if (isUnedited) live.value = base.value;
  }
}

/** Gives the attributes of `base`, and of the page's node, the values they have in `next`. */
export function mergeAttributes(base, next, live) {
  for (const name of new Set([...base.getAttributeNames(), ...next.getAttributeNames()])) {
    const [before, value] = [base.getAttribute(name), next.getAttribute(name)];
    if (before === value) continue;
    if (name === "class") {
      // Classes that scripts have added stay.
      const [old, fresh] = [base.classList, next.classList];
      for (const one of old) if (!fresh.contains(one)) live.classList.remove(one);
      live.classList.add(...fresh);
    } else if (name === "style") {
      // The attribute would need the policy's leave, which has let it in already.
      live.style.cssText = value;
    } else {
      setAttribute(live, name, value);
    }
    setAttribute(base, name, value);
    // Fields that people have touched no longer follow their attributes: one that still has what the server had sent gets what it sends now.
    if (name === "value" && live.nodeName === "INPUT" && live.type !== "file" && live.value === (before ?? "")) live.value = value ?? "";
    if ((name === "checked" || name === "selected") && live[name] === (before !== null)) live[name] = value !== null;
  }
}

/** Sets an attribute; null removes it. */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function mergeChildren(base, next, live) {
  const old = [...base.childNodes];
  const fresh = [...next.childNodes];
  let start = 0;
  let end = 0;
  while (start < old.length && start < fresh.length && old[start].isEqualNode(fresh[start])) start++;
  const most = Math.min(old.length, fresh.length) - start;
  while (end < most && old.at(-1 - end).isEqualNode(fresh.at(-1 - end))) end++;
  if (start + end === old.length && start + end === fresh.length) return;
  const rest = old.slice(start, old.length - end);
  const wanted = fresh.slice(start, fresh.length - end);
  // Most of the time all stand where they stood.
  if (rest.length === wanted.length && rest.every((was, index) => isKin(was, wanted[index]) && (keyOf(was) || was.isEqualNode(wanted[index]) || (rest.length < 3 && !was.isEqualNode(wanted[1 - index] ?? null))))) {
    return rest.forEach((was, index) => merge(was, wanted[index]));
  }
  const pairs = pair(rest, wanted);
  const kept = new Set(pairs.values());
  for (const gone of rest) {
    if (kept.has(gone)) continue;
    drop(gone);
    drop(gone.$);
  }
  const places = new Map(rest.map((was, index) => [was, index]));
  const staying = inOrder(wanted.map((node) => places.get(pairs.get(node))));
  // From the end: each node stands before the one that was placed last.
  let after = old[old.length - end] ?? null;
  let liveAfter = place(after, live);
  const known = new Set(old.map((was) => was.$));
  for (const [index, node] of [...wanted.entries()].reverse()) {
    const was = pairs.get(node);
    if (was) {
      if (!was.isEqualNode(node)) merge(was, node);
      if (!staying.has(index)) {
        base.insertBefore(was, after);
        if (was.$.parentNode === live) move(live, was.$, liveAfter);
      }
      after = was;
    } else {
      // A script has made it already.
      const previous = liveAfter ? liveAfter.previousSibling : live.lastChild;
      base.insertBefore(node, after);
      if (previous && !known.has(previous) && previous.isEqualNode(node)) link(node, previous);
      else live.insertBefore(bring(node), liveAfter);
      after = node;
    }
    liveAfter = place(after, live) ?? liveAfter;
  }
}

const drop = (node) => node.parentNode?.removeChild(node);

/** The page's node of a base's node, where it still stands in its place. */
const place = (base, live) => (base?.$.parentNode === live ? base.$ : null);

const move = (parent, node, before) => (parent.moveBefore && node.isConnected ? parent.moveBefore(node, before) : parent.insertBefore(node, before));

/** Which old node each new one is: by key, then by likeness, then by kind in their order. */
function pair(old, fresh) {
  const pairs = new Map();
  const left = new Set(old);
  for (const name of [keyOf, textOf]) {
    const byName = new Map();
    for (const was of left) {
      const key = name(was);
      if (byName.has(key)) byName.get(key).push(was);
      else if (key) byName.set(key, [was]);
    }
    for (const node of fresh) {
      const same = !pairs.has(node) && byName.get(name(node));
      if (same?.length && (isKin(same[0], node) || same[0].isEqualNode(node))) join(node, same.shift());
    }
  }
  for (const node of fresh) {
    if (pairs.has(node)) continue;
    for (const was of left) {
      if (!isKin(was, node)) continue;
      join(node, was);
      break;
    }
  }
  return pairs;

  function join(node, was) {
    pairs.set(node, was);
    left.delete(was);
  }
}

/** Of places in the old order (undefined for none), the indexes of a longest sequence that goes up: these nodes need not move. */
function inOrder(places) {
  const tails = [];
  const before = [];
  places.forEach((at, index) => {
    if (at === undefined) return;
    let slot = tails.length;
    if (slot && places[tails[slot - 1]] > at) slot = tails.findIndex((tail) => places[tail] > at);
    before[index] = tails[slot - 1];
    tails[slot] = index;
  });
  const staying = new Set();
  for (let index = tails.at(-1); index !== undefined; index = before[index]) staying.add(index);
  return staying;
}

/** Says of a version's node, and of all in it, which nodes of the page it is. */
export function link(base, live) {
  base.$ = live;
  for (let child = base.firstChild, its = live.firstChild; child; child = child.nextSibling, its = its.nextSibling) link(child, its);
}

/** A node for the page, of a node of the server's version. Its scripts run once it stands in the page. */
export function bring(node) {
  link(node, document.importNode(node, true));
  // One that was parsed elsewhere never runs.
  for (const script of node.nodeName === "SCRIPT" ? [node] : (node.querySelectorAll?.("script") ?? [])) {
    const fresh = document.createElement("script");
    for (const { name, value } of script.attributes) fresh.setAttribute(name, value);
    // In their order, as a document's.
    fresh.async = script.async;
    fresh.textContent = script.textContent;
    script.$.replaceWith(fresh);
    link(script, fresh);
  }
  return node.$;
}
