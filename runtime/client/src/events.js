// Events: `PureMix.on`, `off`, `emit`. Each is a DOM event `puremix:NAME` too, which begins at the element that it is about, so that
// `addEventListener`, bubbling and `preventDefault` work as everywhere.

/** For each name the listeners of `on`, and what stands for them in the DOM. */
const listeners = {};

/** Calls `listener(detail, event)` at each event of this name; gives a function that ends it. */
export function on(name, listener) {
  off(name, listener);
  const heard = (event) => listener(event.detail, event);
  (listeners[name] ??= new Map()).set(listener, heard);
  document.addEventListener("puremix:" + name, heard);
  return () => off(name, listener);
}

/** Ends what `on` began; without a listener, for all listeners of the name. */
export function off(name, listener) {
  for (const [known, heard] of listeners[name] ?? []) {
    if (!listener || known === listener) {
      document.removeEventListener("puremix:" + name, heard);
      listeners[name].delete(known);
    }
  }
}

/** Tells everyone who listens; false if someone has called `event.preventDefault()`. */
export function emit(name, detail, target) {
  const event = new CustomEvent("puremix:" + name, { detail, bubbles: true, cancelable: true });
  return (target?.isConnected ? target : document).dispatchEvent(event);
}
