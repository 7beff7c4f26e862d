// Measures how long each library takes to make a table of a thousand rows another version of it: from the server's text to the changed page.
// Evaluated in a page by `bench morph`, for each version alone (without one it names them); `own` is the client runtime's merge, which knows the version before.
((rounds, only) => {
  const COUNT = 1000;
  const row = (id, change = {}) => {
    const { name = `Person ${id}`, score = (id * 37) % 101 } = change;
    return `<tr id="row-${id}" class="${score > 50 ? "high" : "low"}"><td>${id}</td><td><b>${name}</b></td><td>${score}</td><td><a href="/people/${id}">open</a> <button type="button">remove</button></td></tr>`;
  };
  const ids = Array.from({ length: COUNT }, (_, index) => index);
  const table = (rows) => `<table><thead><tr><th>Id</th><th>Name</th><th>Score</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  const document_ = (rows) => `<!DOCTYPE html><html><head><title>People</title></head><body><h1>People</h1>${table(rows)}</body></html>`;
  const before = ids.map((id) => row(id));
  const versions = {
    "nothing has changed": before,
    "one cell": before.map((text, id) => (id === 500 ? row(id, { name: "Ann" }) : text)),
    "every tenth row": before.map((text, id) => (id % 10 ? text : row(id, { score: 77 }))),
    "every row": ids.map((id) => row(id, { name: `Other ${id}`, score: (id * 41) % 101 })),
    "a row before all": [row(5000), ...before],
    "the last becomes the first": [before.at(-1), ...before.slice(0, -1)],
    "a hundred rows fewer": before.filter((_, id) => id % 10),
    "the other way round": [...before].reverse(),
  };
  const libraries = {
    own: (html) => {
      const { base, merge, parse } = window.own;
      merge(base, parse(html));
    },
    idiomorph: (html) => Idiomorph.morph(document.documentElement, new DOMParser().parseFromString(html, "text/html").documentElement),
    morphdom: (html) => morphdom(document.documentElement, new DOMParser().parseFromString(html, "text/html").documentElement),
  };
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  if (only === undefined) return Object.keys(versions);
  const results = {};
  for (const [what, rows] of Object.entries(versions).filter(([what]) => what === only)) {
    const times = { own: [], idiomorph: [], morphdom: [], base: [] };
    const html = document_(rows);
    const wanted = new DOMParser().parseFromString(html, "text/html").body.innerHTML;
    // Rounds alternate, so that what else the machine does meets all.
    for (let round = 0; round < rounds + 2; round++) {
      for (const [name, morph] of Object.entries(libraries)) {
        document.body.innerHTML = `<h1>People</h1>${table(before)}`;
        document.head.innerHTML = "<title>People</title>";
        void document.body.offsetHeight;
        const start = performance.now();
        if (name === "own") window.own.base = window.own.copyAll(document.documentElement);
        const ready = performance.now();
        morph(html);
        const end = performance.now();
        if (document.body.innerHTML !== wanted) throw new Error(`${name}: ${what} ends wrong`);
        if (round < 2) continue;
        times[name].push(end - ready);
        if (name === "own") times.base.push(ready - start);
      }
    }
    for (const [name, list] of Object.entries(times)) results[name] = median(list);
  }
  return results;
})
