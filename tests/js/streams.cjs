const { Readable, Writable, Transform, PassThrough, Duplex, pipeline, finished } = require('stream');
const log = (...a) => console.log(...a);
// Each part begins when the one before it has ended, so that a slow machine prints the same.
const parts = [];
const part = (run) => parts.push(run);
const next = () => { const run = parts.shift(); if (run) setImmediate(run, next); };

part((done) => {
const r = Readable.from(['a', 'b', 'c']);
r.on('data', d => log('data', d)); r.on('end', () => log('end')); r.on('close', () => log('close'));
const w = new Writable({ highWaterMark: 4, write(c, e, cb) { log('write', c.toString(), e); setTimeout(cb, 1); }, final(cb) { log('final'); cb(); } });
w.on('drain', () => log('drain')); w.on('finish', () => log('finish')); w.on('close', () => log('wclose'));
log(w.write('ab')); log(w.write('cdef')); log(w.writableLength, w.writableNeedDrain);
w.once('drain', () => setImmediate(() => w.end('z', () => log('ended cb'))));
w.on('close', done);
});
part((done) => {
  const up = new Transform({ transform(c, e, cb) { cb(null, c.toString().toUpperCase()); }, flush(cb) { cb(null, '!'); } });
  pipeline(Readable.from(['x', 'y']), up, new PassThrough(), async function (src) { let s = ''; for await (const c of src) s += c; return s; }, (e, v) => { log('pipeline', e, v); done(); });
});
part((done) => {
  const bad = new Readable({ read() { this.destroy(new Error('boom')); } });
  finished(bad, e => log('finished', e && e.message)); bad.on('error', e => log('error', e.message)); bad.on('close', () => { log('bclose'); done(); }); bad.resume();
});
part(async (done) => {
  const s = new Readable({ encoding: 'utf8', read() {} });
  s.push(Buffer.from([0xe2, 0x82])); s.push(Buffer.from([0xac])); s.push('tail'); s.push(null);
  for await (const c of s) log('chunk', JSON.stringify(c));
  const w2 = new Writable({ write(c, e, cb) { cb(); } }); w2.end(); w2.on('error', e => log(e.code)); w2.write('x', e => { log('cb', e.code); setImmediate(done); });
});
part((done) => {
  const util = require('util'); function Old(o) { Transform.call(this, o); } util.inherits(Old, Transform);
  Old.prototype._transform = function (c, e, cb) { this.push(c + '-'); cb(); };
  const o = new Old(); o.setEncoding('utf8'); o.on('data', d => log('old', d)); o.on('end', () => log('old end')); o.write('1'); o.write('2'); o.end();
  const d = new Duplex({ read() { this.push('r'); this.push(null); }, write(c, e, cb) { log('dw', String(c)); cb(); } });
  d.on('data', x => log('d', String(x))); d.on('end', () => log('d end')); d.on('finish', () => log('d finish')); d.on('close', () => { log('d close'); setImmediate(done); }); d.end('w');
  log(d instanceof Writable, d instanceof Readable, o.readable, o.writable);
});
part((done) => {
  const src = new Readable({ objectMode: true, highWaterMark: 2, read() { this.i = (this.i || 0) + 1; log('read', this.i); this.push(this.i > 5 ? null : { i: this.i }); } });
  const dst = new Writable({ objectMode: true, highWaterMark: 1, write(o, e, cb) { log('got', o.i); setImmediate(cb); } });
  src.pipe(dst).on('finish', () => { log('piped'); setImmediate(done); }); src.on('pause', () => log('pause')); src.on('resume', () => log('resume'));
});
part((done) => {
  const rr = new Readable({ read() {} }); rr.on('readable', () => { let c; while ((c = rr.read(3)) !== null) log('read3', c.toString()); log('null'); rr.emit('seen'); }); rr.on('end', () => { log('rend'); done(); });
  rr.push('abcd'); rr.once('seen', () => setImmediate(() => { rr.push('efg'); rr.push(null); }));
});
next();
