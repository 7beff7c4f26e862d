// The development server's script of open pages: shows saves and errors. Not part of the app.
(() => {
  'use strict';
  if (window.__puremixDev) return;
  window.__puremixDev = true;
  let start = null;
  let build = null;
  let overlay = null;
  let badge = null;
  const arriving = new Set();

  const SCROLL = 'puremix-dev-scroll';
  const saved = sessionStorage.getItem(SCROLL);
  if (saved) {
    sessionStorage.removeItem(SCROLL);
    const [url, x, y] = JSON.parse(saved);
    if (url === location.href) addEventListener('load', () => scrollTo(x, y), { once: true });
  }

  function reload() {
    sessionStorage.setItem(SCROLL, JSON.stringify([location.href, scrollX, scrollY]));
    location.reload();
  }

  // Patching: the page as the server renders it now is laid over the one that is open. What people have done to it stays: input,
  // focus, selection, scroll positions, open details.
  async function patch(files) {
    refreshStyles(files);
    const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store', redirect: 'manual' });
    const media = response.headers.get('content-type') || '';
    if (!response.ok || !media.startsWith('text/html')) return reload();
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    morphAttributes(document.documentElement, next.documentElement);
    morphChildren(document.head, next.head);
    morphAttributes(document.body, next.body);
    morphChildren(document.body, next.body);
  }

  function refreshStyles(files) {
    if (!files.some(file => file.endsWith('.css'))) return;
    for (const link of document.querySelectorAll('link[rel~="stylesheet"][href]')) {
      const url = new URL(link.href);
      if (url.origin !== location.origin) continue;
      url.searchParams.set('dev', Date.now());
      // The old one stays until the new one is there, so that the page does not flash.
      const fresh = link.cloneNode();
      fresh.href = url.href;
      // Until then a patch must leave both alone: the page that it lays over this one knows of one only.
      arriving.add(fresh);
      fresh.addEventListener('load', () => { arriving.delete(fresh); link.remove(); }, { once: true });
      fresh.addEventListener('error', () => { arriving.delete(fresh); fresh.remove(); }, { once: true });
      link.after(fresh);
    }
  }

  const isOurs = node => node.nodeType === 1 && (node === overlay || node === badge || arriving.has(node) || node.localName === 'script' && node.getAttribute('src') === '/__dev/client.js');
  const hrefOf = node => (node.getAttribute('href') || '').replace(/[?&]dev=\d+$/, '');

  function isSame(a, b) {
    if (a.nodeType !== b.nodeType) return false;
    if (a.nodeType !== 1) return true;
    if (a.localName !== b.localName || a.id !== b.id) return false;
    if (a.localName === 'link') return hrefOf(a) === hrefOf(b) && a.rel === b.rel;
    if (a.localName === 'script') return a.outerHTML === b.outerHTML;
    if (a.localName === 'input') return a.type === b.type && a.name === b.name;
    return true;
  }

  function morphChildren(parent, next) {
    let at = parent.firstChild;
    const skip = () => { while (at && isOurs(at)) at = at.nextSibling; };
    for (const wanted of [...next.childNodes]) {
      if (isOurs(wanted)) continue;
      skip();
      let found = at;
      // Looks ahead for what was moved or follows something that is gone.
      while (found && (isOurs(found) || !isSame(found, wanted))) found = found.nextSibling;
      if (found && wanted.nodeType !== 1 && found !== at) found = null;
      if (!found) {
        parent.insertBefore(document.importNode(wanted, true), at);
        continue;
      }
      if (found !== at) parent.insertBefore(found, at); else at = at.nextSibling;
      if (wanted.nodeType === 1) morph(found, wanted);
      else if (found.data !== wanted.data) found.data = wanted.data;
    }
    while (at) {
      const gone = at;
      at = at.nextSibling;
      if (!isOurs(gone)) gone.remove();
    }
  }

  function morph(node, next) {
    if (node.isEqualNode(next)) return;
    morphAttributes(node, next);
    if (node.localName === 'textarea') {
      const typed = node.value !== node.defaultValue;
      const value = node.value;
      node.defaultValue = next.defaultValue;
      if (typed) node.value = value;
      return;
    }
    if (node.localName !== 'script') morphChildren(node, next);
  }

  function morphAttributes(node, next) {
    const keeps = name => name === 'open' && node.localName === 'details' || name === 'href' && node.localName === 'link'
      || node.localName === 'input' && name === 'value' && node.type === 'hidden' && node.name === '_csrf';
    for (const { name, value } of [...next.attributes]) {
      if (!keeps(name) && node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
    for (const { name } of [...node.attributes]) {
      if (!keeps(name) && !next.hasAttribute(name)) node.removeAttribute(name);
    }
  }

  // The overlay has a shadow of its own, so that the app's styles do not reach it.
  const STYLE = `:host{position:fixed;inset:0;z-index:2147483647;overflow:auto;background:rgb(0 0 0/.66);font:15px/1.5 system-ui,sans-serif}
div{max-width:60rem;margin:4vh auto;padding:1.5rem;overflow-wrap:anywhere;border-top:4px solid #e5484d;border-radius:8px;background:#16181d;color:#e6e8eb}
h1{font-size:1rem;margin:0 0 1rem;color:#ff8b8f}section{margin:0 0 1.5rem}p{margin:.25rem 0;white-space:pre-wrap}
code,pre{font:13px/1.6 ui-monospace,monospace}pre{margin:.5rem 0;padding:.75rem;overflow:auto;border-radius:6px;background:#0d0f12;tab-size:2}
b{color:#ff8b8f;font-weight:600}i{font-style:normal;color:#7d8590}button{float:right;border:0;background:none;color:inherit;font-size:1.4rem;line-height:1;padding:.35rem .6rem;cursor:pointer}
:focus-visible{outline:3px solid #4493f8;outline-offset:2px}@media(max-width:40rem){div{margin:0;min-height:100vh;border-radius:0}}`;

  const BADGE = `:host{position:fixed;right:1rem;bottom:1rem;z-index:2147483646;max-width:min(36rem,90vw);max-height:40vh;overflow:auto;cursor:pointer;padding:.5rem .75rem;
border-left:4px solid #f5a623;border-radius:6px;background:#16181d;color:#e6e8eb;font:13px/1.5 ui-monospace,monospace}p{margin:.1rem 0;overflow-wrap:anywhere}`;

  function show(report) {
    hide();
    overlay = document.createElement('puremix-dev-overlay');
    const root = overlay.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const add = (to, name, text) => {
      const element = to.appendChild(document.createElement(name));
      if (text !== undefined) element.textContent = text;
      return element;
    };
    const main = add(root, 'div');
    // What is read, and what the keyboard reaches first, while it is there.
    main.setAttribute('role', 'dialog');
    main.setAttribute('aria-modal', 'true');
    main.setAttribute('aria-labelledby', 'title');
    const before = document.activeElement;
    const close = add(main, 'button', '×');
    close.title = 'Hide until the next save (Esc)';
    close.setAttribute('aria-label', 'Hide until the next save');
    close.onclick = hide;
    root.addEventListener('keydown', event => { if (event.key === 'Escape') hide(); });
    overlay.back = before;
    add(main, 'h1', report.title || 'Error').id = 'title';
    for (const item of report.items || []) {
      const section = add(main, 'section');
      const message = add(section, 'p');
      add(message, 'b', item.code ? `${item.code} ` : '');
      message.append(item.message);
      if (item.file) add(section, 'code', `${item.file}:${item.line}:${item.column}`);
      if (item.lines) {
        const source = add(section, 'pre');
        scrolls(source, 'Source');
        const width = String(item.line + 9).length;
        for (const [number, text] of item.lines) {
          add(source, 'i', `${String(number).padStart(width)} | `);
          source.append(`${text}\n`);
          if (number !== item.line) continue;
          add(source, 'i', `${' '.repeat(width)} | `);
          const gap = [...text].slice(0, item.column - 1).map(c => c === '\t' ? c : ' ').join('');
          add(source, 'b', `${gap}${'^'.repeat(item.width || 1)} ${item.label || ''}\n`);
        }
      }
      if (item.help) add(section, 'p', `help: ${item.help}`);
      if (item.stack) scrolls(add(section, 'pre', item.stack), 'Stack');
    }
    document.documentElement.append(overlay);
    close.focus({ preventScroll: true });
  }

  // Warnings stand in a corner until they are clicked away or mended.
  function warn(report) {
    if (badge) badge.remove();
    badge = null;
    if (!report) return;
    badge = document.createElement('puremix-dev-warnings');
    const root = badge.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(BADGE);
    root.adoptedStyleSheets = [sheet];
    for (const item of report.items) {
      const line = root.appendChild(document.createElement('p'));
      line.textContent = `${item.file ? `${item.file}:${item.line}:${item.column}: ` : ''}${item.message}${item.help ? ` (${item.help})` : ''}`;
    }
    badge.title = 'Hide until the next save';
    badge.tabIndex = 0;
    badge.setAttribute('role', 'button');
    badge.onkeydown = event => { if (event.key === 'Enter' || event.key === ' ') warn(); };
    badge.onclick = () => warn();
    document.documentElement.append(badge);
  }

  // What may be wider than the window can be scrolled with the keyboard.
  function scrolls(element, label) {
    element.tabIndex = 0;
    element.setAttribute('role', 'region');
    element.setAttribute('aria-label', label);
  }

  function hide() {
    if (!overlay) return;
    overlay.remove();
    if (overlay.back?.isConnected) overlay.back.focus({ preventScroll: true });
    overlay = null;
  }

  const HANDLERS = {
    hello(event) {
      const isOther = start !== null && (start !== event.start || build !== event.build);
      start = event.start;
      build = event.build;
      if (isOther) reload(); else warn(event.warnings);
    },
    error(event) { show(event.report); },
    reload,
    async patch(event) {
      build = event.build;
      hide();
      warn(event.warnings);
      try { await patch(event.files); } catch { reload(); }
    },
  };

  // The browser reconnects by itself, also to another start of the server.
  const source = new EventSource('/__dev/events');
  source.onmessage = message => {
    const event = JSON.parse(message.data);
    HANDLERS[event.kind]?.(event);
  };
  addEventListener('pagehide', () => source.close());
})();
