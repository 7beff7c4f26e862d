import stream, { Readable, Writable, PassThrough, pipeline as pipe } from 'node:stream';
import { pipeline, finished } from 'node:stream/promises';
const log = (...a) => console.log(...a);
try { await pipeline(Readable.from(['a']), new Writable({ write(c, e, cb) { cb(new Error('no')); } })); } catch (e) { log(e.message); }
await pipeline(async function* () { yield 'x'; yield 'y'; }, async function* (src) { for await (const c of src) yield c + c; }, new Writable({ objectMode: true, write(c, e, cb) { log('w', c); cb(); } }));
const p = new PassThrough(); p.end('abc'); let all = ''; for await (const c of p) all += c; log(all);
const r = Readable.from([1, 2, 3, 4]); for await (const n of r) { if (n === 2) break; } log(r.destroyed);
const w = new Writable({ write(c, e, cb) { cb(); } }); setTimeout(() => w.end(), 5); await finished(w); log('fin', w.writableFinished, w.destroyed);
const v = new Writable({ writev(chunks, cb) { log(chunks.map(c => c.chunk.toString() + c.encoding).join()); cb(); } }); v.cork(); v.write('a'); v.write('b', 'latin1'); v.uncork(); v.end(); await finished(v);
const e1 = new Readable({ read() {} }); e1.destroy(new Error('gone')); try { for await (const _ of e1); } catch (e) { log(e.message); }
const ac = new AbortController(); setTimeout(() => ac.abort(), 5); try { await pipeline(new Readable({ read() {} }), new PassThrough(), { signal: ac.signal }); } catch (e) { log(e.name, e.code); }
const pre = new Readable({ read() {} }); setTimeout(() => pre.destroy(), 2); try { await pipeline(pre, new PassThrough()); } catch (e) { log(e.code, e.message); }
const c = new Writable({ construct(cb) { log('construct'); setTimeout(cb, 2); }, write(c, e, cb) { log('late', String(c)); cb(); } }); c.end('q'); await finished(c);
const o = new Readable({ read() {} }); o.unshift('b'); o.unshift('a'); log(String(o.read())); log(o.read(), o.readableLength, o.readableFlowing);
log(stream.Readable === Readable, typeof stream, stream.name);
const q = new Readable({ read() {} }); q.push('one'); q.once('data', d => { log(String(d)); q.pause(); setTimeout(() => { log(q.isPaused()); q.resume(); }, 2); }); setTimeout(() => { q.push('two'); q.push(null); }, 1); q.on('end', () => log('q end')); await finished(q.on('data', d => log('also', String(d))));
try { new Writable().write('x'); } catch (e) { log(e.code, e.message); }
try { new Writable({ write() {} }).write(null); } catch (e) { log(e.code, e.message); }
try { new Writable({ write() {} }).write({}); } catch (e) { log(e.code, e.message); }
