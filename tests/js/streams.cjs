const { Readable, Writable, Transform, PassThrough, Duplex, pipeline, finished } = require('stream');
const log = (...a) => console.log(...a);
const r = Readable.from(['a', 'b', 'c']);
r.on('data', d => log('data', d)); r.on('end', () => log('end')); r.on('close', () => log('close'));
const w = new Writable({ highWaterMark: 4, write(c, e, cb) { log('write', c.toString(), e); setTimeout(cb, 1); }, final(cb) { log('final'); cb(); } });
w.on('drain', () => log('drain')); w.on('finish', () => log('finish')); w.on('close', () => log('wclose'));
log(w.write('ab')); log(w.write('cdef')); log(w.writableLength, w.writableNeedDrain);
setTimeout(() => { w.end('z', () => log('ended cb')); }, 30);
setTimeout(() => {
  const up = new Transform({ transform(c, e, cb) { cb(null, c.toString().toUpperCase()); }, flush(cb) { cb(null, '!'); } });
  pipeline(Readable.from(['x', 'y']), up, new PassThrough(), async function (src) { let s = ''; for await (const c of src) s += c; return s; }, (e, v) => log('pipeline', e, v));
}, 60);
setTimeout(() => {
  const bad = new Readable({ read() { this.destroy(new Error('boom')); } });
  finished(bad, e => log('finished', e && e.message)); bad.on('error', e => log('error', e.message)); bad.on('close', () => log('bclose')); bad.resume();
}, 90);
setTimeout(async () => {
  const s = new Readable({ encoding: 'utf8', read() {} });
  s.push(Buffer.from([0xe2, 0x82])); s.push(Buffer.from([0xac])); s.push('tail'); s.push(null);
  for await (const c of s) log('chunk', JSON.stringify(c));
  const w2 = new Writable({ write(c, e, cb) { cb(); } }); w2.end(); w2.on('error', e => log(e.code)); w2.write('x', e => log('cb', e.code));
}, 120);
setTimeout(() => {
  const util = require('util'); function Old(o) { Transform.call(this, o); } util.inherits(Old, Transform);
  Old.prototype._transform = function (c, e, cb) { this.push(c + '-'); cb(); };
  const o = new Old(); o.setEncoding('utf8'); o.on('data', d => log('old', d)); o.on('end', () => log('old end')); o.write('1'); o.write('2'); o.end();
  const d = new Duplex({ read() { this.push('r'); this.push(null); }, write(c, e, cb) { log('dw', String(c)); cb(); } });
  d.on('data', x => log('d', String(x))); d.on('end', () => log('d end')); d.on('finish', () => log('d finish')); d.on('close', () => log('d close')); d.end('w');
  log(d instanceof Writable, d instanceof Readable, o.readable, o.writable);
}, 150);
setTimeout(() => {
  const src = new Readable({ objectMode: true, highWaterMark: 2, read() { this.i = (this.i || 0) + 1; log('read', this.i); this.push(this.i > 5 ? null : { i: this.i }); } });
  const dst = new Writable({ objectMode: true, highWaterMark: 1, write(o, e, cb) { log('got', o.i); setImmediate(cb); } });
  src.pipe(dst).on('finish', () => log('piped')); src.on('pause', () => log('pause')); src.on('resume', () => log('resume'));
}, 180);
setTimeout(() => {
  const rr = new Readable({ read() {} }); rr.on('readable', () => { let c; while ((c = rr.read(3)) !== null) log('read3', c.toString()); log('null'); }); rr.on('end', () => log('rend'));
  rr.push('abcd'); setTimeout(() => { rr.push('efg'); rr.push(null); }, 2);
}, 240);
