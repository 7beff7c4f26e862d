// Functions that capture each other: a closure also needs what the functions it calls directly capture, and those
// variables may be set after the closure was made.
function pipe(list) {
  list.push(onUnpipe);
  function onUnpipe(n) { if (n) clean(); }
  function clean() { console.log(typeof onUnpipe, typeof onClose); }
  function onClose() { clean(); onUnpipe(0); }
  list.push(onClose);
}
const list = [];
pipe(list);
list[0](1);
list[1]();

function through() {
  function a() { return c(); }
  function b() { return 'b'; }
  function c() { return b; }
  return a;
}
console.log(through()()());

function chain(log) {
  const first = () => second();
  const second = () => third();
  const third = () => [typeof first, typeof second, typeof third, typeof late];
  const late = () => first;
  log.push(first, second, third, late);
  return log.map((f) => f());
}
console.log(chain([]).map(String).join('|').replace(/\s/g, '').slice(0, 70));

function turns(n) {
  const made = [];
  for (let i = 0; i < n; i++) {
    function one() { return two(); }
    function two() { return [i, typeof one, typeof value, value]; }
    const value = 'v' + i;
    made.push(one);
  }
  return made.map((f) => f());
}
console.log(turns(3));

class Late {
  constructor(emit) {
    emit(stop);
    function stop() { return clear(); }
    function clear() { return emit.off(stop, again); }
    function again() { return stop; }
    this.again = again;
  }
}
const held = [];
const emit = (f) => held.push(f);
emit.off = (...fs) => fs.map((f) => typeof f).join();
const late = new Late(emit);
console.log(held[0](), late.again()());

async function later(list) {
  list.push(done);
  function done() { return finish(); }
  await null;
  function finish() { return typeof done + typeof extra; }
  function extra() {}
  list.push(extra);
}
const waits = [];
later(waits).then(() => console.log(waits[0](), waits.length));

function* steps() {
  function one() { return two(); }
  yield one;
  function two() { return [typeof one, typeof three]; }
  function three() { return one; }
  yield three;
}
for (const f of steps()) console.log(typeof f());
