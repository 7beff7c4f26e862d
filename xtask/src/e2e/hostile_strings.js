// Compares an open page of `tests/run/hostile-strings` with the strings it was made of. The first string is harmless: what stands around it is
// what must stand around all of them.
var check = async (page) => {
  const strings = await (await fetch('/api/strings')).json();
  // As JSON: half a character does not come through the browser's pipe.
  const faults = [];
  let places = 0;
  const fault = (i, what, got, wanted) => faults.push(JSON.stringify({ string: strings[i], what, got, wanted }).slice(0, 500));
  const equal = (i, what, got, wanted) => {
    places++;
    if (got !== wanted) fault(i, what, got, wanted);
  };
  // HTML has no NUL and no half of a character.
  const shown = (s) => s.toWellFormed().replaceAll('\0', '\ufffd');
  // Elements and names of attributes, without texts and values.
  const names = (e) => (e.dataset?.free === undefined ? e.getAttributeNames() : e.getAttributeNames().filter((name) => /^on|[^\w.:-]/.test(name)));
  const skeleton = (node) => [...node.querySelectorAll('*')].map((e) => `${e.localName} ${names(e).join(' ')}`).join('|');

  if (page === 'title') {
    const parse = async (i) => new DOMParser().parseFromString(await (await fetch(`/title?i=${i}`)).text(), 'text/html');
    const wanted = skeleton(await parse(0));
    for (let i = 0; i < strings.length; i++) {
      const other = await parse(i);
      equal(i, 'markup', skeleton(other), wanted);
      equal(i, 'meta', other.querySelector('meta[name=description]').content, shown(strings[i]));
      // A title's text has its white space collapsed; the element has not.
      equal(i, 'title', other.querySelector('title').textContent, shown(strings[i]));
    }
    return { faults, places };
  }
  if (page === 'data') {
    equal(0, 'length', list.length, strings.length);
    strings.forEach((s, i) => {
      equal(i, 'PureMix.data', list[i].toWellFormed(), s.toWellFormed());
      equal(i, 'name in PureMix.data', window.names[s.toWellFormed()] ?? window.names[s], i);
    });
    return { faults, places };
  }

  const rows = [...document.querySelectorAll('[data-i]')];
  equal(0, 'rows', rows.length, strings.length);
  const wanted = skeleton(rows[0]);
  // What a style that was left out leaves out, too.
  const markup = (row) => skeleton(row).replaceAll(' onclick', page === 'handlers' ? '' : ' onclick');
  for (const row of rows) {
    const i = +row.dataset.i;
    const s = shown(strings[i]);
    if (s !== '' || page !== 'attributes') equal(i, 'markup', markup(row), page === 'handlers' ? wanted.replaceAll(' onclick', '') : wanted);
    for (const e of row.querySelectorAll('[data-text]')) equal(i, `text of ${e.localName}`, e.textContent, s);
    for (const e of row.querySelectorAll('.shown')) equal(i, 'text of a component', e.textContent, s);
    for (const e of row.querySelectorAll('textarea')) equal(i, 'value of a textarea', e.value, s.replace(/\r\n?/g, '\n'));
    for (const e of row.querySelectorAll('[data-attribute]')) equal(i, `attribute of ${e.outerHTML.slice(0, 60)}`, e.getAttribute(e.dataset.attribute), s);
    for (const e of row.querySelectorAll('[data-between]')) equal(i, 'part of an attribute', e.title, `a${s}b`);
    if (page === 'urls') urls(row, i, s);
    if (page === 'styles') styles(row, i);
    if (page === 'handlers') handlers(row, i);
    for (const frame of row.querySelectorAll('iframe[srcdoc]')) {
      equal(i, 'markup of a frame', skeleton(frame.contentDocument), 'html |head |body |p ');
      equal(i, 'text of a frame', frame.contentDocument.body.textContent, s);
    }
  }
  return { faults, places };

  function urls(row, i, s) {
    for (const e of row.querySelectorAll('*')) {
      for (const name of e.getAttributeNames()) {
        if (['style', 'loading', 'hidden', 'preload', 'data-parameter', 'type'].includes(name)) continue;
        places++;
        const value = e.getAttribute(name);
        let url;
        try {
          url = new URL(value, location.href);
        } catch {
          continue;
        }
        const media = /^data:(image\/(?!svg)|audio\/|video\/|font\/)/i.test(url.href);
        if (/^(javascript|vbscript|livescript):$/.test(url.protocol) || (url.protocol === 'data:' && !media)) fault(i, `${e.localName} ${name}`, value, 'no script');
      }
    }
    // What is percent-encoded already stays so; JavaScript's own encoder gives the same.
    if (/%[0-9a-f]{2}/i.test(s)) return;
    for (const a of row.querySelectorAll('[data-parameter]')) equal(i, 'parameter', a.href && new URL(a.href).searchParams.get('q'), strings[i].toWellFormed());
  }

  function styles(row, i) {
    for (const e of row.querySelectorAll('[style]')) {
      places++;
      const text = e.style.cssText;
      if (/url\(|image-set|javascript|expression\(/i.test(text.replace(/\\[0-9a-f]+ ?/gi, ''))) fault(i, 'style loads', text, 'nothing');
      const only = e.dataset.only;
      if (only) [...e.style].forEach((name) => name.startsWith(only) || fault(i, `style of ${only}`, text, 'no other property'));
      if (getComputedStyle(e).position === 'fixed' && only) fault(i, 'style', text, 'not fixed');
    }
  }

  function handlers(row, i) {
    for (const e of row.querySelectorAll('button')) {
      seen.latest = undefined;
      if (e.dataset.arguments !== undefined) {
        equal(i, 'arguments of a server function', JSON.parse(e.dataset.puremixArgs).s.toWellFormed(), strings[i].toWellFormed());
        continue;
      }
      e.click();
      if (e.dataset.seen !== undefined) equal(i, e.outerHTML.slice(0, 60), seen.latest?.[0]?.toWellFormed(), strings[i].toWellFormed());
      if (e.dataset.row !== undefined) equal(i, e.outerHTML.slice(0, 60), seen.latest?.[0]?.s?.toWellFormed(), strings[i].toWellFormed());
      places++;
    }
    row.querySelector('p').dispatchEvent(new MouseEvent('mouseover'));
    equal(i, 'mouseover', seen.latest?.[1]?.toWellFormed(), strings[i].toWellFormed());
  }
};
