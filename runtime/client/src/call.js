// Calls of server functions by the wire protocol (docs/wire-protocol.md).

import { emit } from "./events.js";
import { here, noteLoading, setToken, token } from "./state.js";
import { finish } from "./update.js";

/** What a call, `PureMix.fetch` or an update failed with; `status` is 0 where no answer came. */
export class PureMixError extends Error {
  constructor(status, answer) {
    super(answer.error ?? "Request failed");
    this.name = status === 422 ? "ValidationError" : !status ? "NetworkError" : status < 500 ? "RequestError" : "ServerError";
    this.status = status;
    this.errors = answer.errors;
    this.requestId = answer.requestId;
    this.serverStack = answer.stack;
  }
}

/**
 * Calls a server function; resolves to what it has returned.
 * @param {string} name `save`, or `Card.save` of a component
 * @param data an object, which may hold files (or arrays of them), or a FormData
 * @param options `signal` ends the call, `onprogress({loaded, total})` hears of an upload, `route` names another page, and with `update` the page shows
 * what it would show after a form's action
 */
export const call = async (name, data, { update, ...options } = {}) => (await send(name, data, { ...options, render: update })).result;

/** As `call`, for forms and handlers, too: gives the whole answer, after the page has been changed. `element` is what caused it. */
export async function send(name, data, { signal, onprogress, route = here(), render, componentId, element, before, extra } = {}) {
  const message = { action: name, route, render: render || undefined, componentId };
  noteLoading(name, 1);
  try {
    const answer = await ask(bodyOf(message, data, extra), { signal, onprogress });
    before?.(answer);
    await finish(answer, render);
    return answer;
  } catch (error) {
    emit("actionError", { name, error }, element);
    throw error;
  } finally {
    noteLoading(name, -1);
  }
}

/** JSON; with files, and for the fields of forms (with a button's own arguments), multipart. */
function bodyOf(message, data, extra) {
  const listed = (value) => (value instanceof FileList || Array.isArray(value) ? [...value] : [value]);
  const isFile = (value) => listed(value).some((one) => one instanceof Blob);
  const isForm = data instanceof FormData;
  const entries = isForm ? [...data] : Object.entries(data ?? {});
  if (!isForm && !entries.some(([, value]) => isFile(value))) return JSON.stringify({ ...message, data });
  const body = new FormData();
  for (const [name, value] of Object.entries(message)) if (value) body.append(name, value);
  const plain = { ...extra };
  for (const [name, value] of entries) {
    if (isForm) body.append("data." + name, value);
    else if (isFile(value)) for (const file of listed(value)) body.append("data." + name, file);
    else plain[name] = value;
  }
  if (Object.keys(plain).length) body.append("data", JSON.stringify(plain));
  return body;
}

/** Sends a body; once more where the token has expired and the answer brings another. */
async function ask(body, options, isSecond) {
  const [status, answer] = await post(body, options);
  if (status < 400) return answer;
  if (status === 403 && answer.csrf) {
    setToken(answer.csrf);
    if (!isSecond) return ask(body, options, true);
  }
  // What is called is not there any more.
  if (answer.reload) location.reload();
  throw new PureMixError(status, answer);
}

/** One request; XMLHttpRequest, because `fetch` tells nothing of an upload's progress. */
function post(body, { signal, onprogress }) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open("POST", "/_puremix/action");
    request.responseType = "blob";
    if (token()) request.setRequestHeader("X-CSRF-Token", token());
    if (typeof body === "string") request.setRequestHeader("Content-Type", "application/json");
    if (onprogress) request.upload.onprogress = onprogress;
    request.onerror = () => reject(new PureMixError(0, { error: "Server not reached" }));
    signal?.addEventListener("abort", () => {
      request.abort();
      reject(signal.reason);
    });
    request.onload = async () => {
      const { status, response } = request;
      // What is no answer of the protocol is a file, or an error of somebody on the way.
      const answer = /json/.test(response.type) ? JSON.parse(await response.text()) : status < 400 ? { result: response } : {};
      resolve([status, status < 400 ? answer : { error: request.statusText || "Error " + status, ...answer }]);
    };
    request.send(body);
  });
}

/** `fetch` with the token of this page's calls: gives the JSON or the text of the answer, and throws where it says that something went wrong. */
export async function fetchWithToken(url, options = {}) {
  const target = new URL(url, document.baseURI);
  const headers = new Headers(options.headers);
  if (target.origin === location.origin && token()) headers.set("X-CSRF-Token", token());
  const response = await fetch(target, { ...options, headers });
  const content = /json/.test(response.headers.get("Content-Type")) ? await response.json() : await response.text();
  if (!response.ok) throw new PureMixError(response.status, { error: response.statusText, ...content });
  return content;
}
