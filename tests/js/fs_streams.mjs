// Streams of files: what is read and written, the order of events, ranges, errors.
import fs, { createReadStream, createWriteStream } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable, Transform, Writable } from 'node:stream';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'streams-'));
const at = (name) => path.join(directory, name);
const show = (what, value) => console.log(what, JSON.stringify(value));
const named = (error) => `${error.name} ${error.code} ${error.syscall ?? ''} ${error.message.replaceAll(directory, 'DIR')}`;
const text = async (stream) => {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
};
const ended = (stream, names = ['open', 'ready', 'data', 'end', 'finish', 'error', 'close']) => {
  const events = [];
  for (const name of names) stream.on(name, (value) => events.push(name === 'data' ? `data ${value.length}` : name === 'open' ? `open ${typeof value}` : name === 'error' ? `error ${named(value)}` : name));
  return new Promise((resolve) => stream.on('close', () => resolve(events)));
};

fs.writeFileSync(at('a.txt'), 'abcdefghijklmnopqrstuvwxyz');
fs.writeFileSync(at('big'), Buffer.alloc(200_000, 'x'));
fs.writeFileSync(at('empty'), '');

show('whole', await text(createReadStream(at('a.txt'), 'utf8')));
show('events', await ended(createReadStream(at('a.txt'))));
show('events of an empty file', await ended(createReadStream(at('empty'))));
show('large', await ended(createReadStream(at('big'))));
show('pieces', await ended(createReadStream(at('a.txt'), { highWaterMark: 10 })));
for (const range of [{ start: 3 }, { end: 4 }, { start: 3, end: 5 }, { start: 25 }, { start: 26 }, { start: 100 }, { start: 0, end: 0 }, { start: 5, end: 1000 }]) {
  show(`range ${JSON.stringify(range)}`, await text(createReadStream(at('a.txt'), { ...range, encoding: 'latin1' })));
}
show('missing', await ended(createReadStream(at('none'))));
show('a directory', await ended(createReadStream(directory)));
const s = createReadStream(at('a.txt'));
show('before', [s.path === at('a.txt'), s.fd, s.pending, s.flags, s.mode, s.bytesRead, s.start, s.end === Infinity, s.autoClose, s.readableHighWaterMark]);
await text(s);
show('after', [s.fd, s.bytesRead, s.destroyed, s.closed, s.readableEnded]);
show('is', [s instanceof fs.ReadStream, s instanceof Readable, createWriteStream(at('w')) instanceof fs.WriteStream, createWriteStream(at('w')) instanceof Writable, typeof fs.ReadStream, typeof fs.createWriteStream]);

for (const make of [() => createReadStream(at('a.txt'), { start: 5, end: 3 }), () => createReadStream(at('a.txt'), { start: -1 }), () => createReadStream(at('a.txt'), { start: 'x' }), () => createReadStream(at('a.txt'), { end: 1.5 }), () => createReadStream(), () => createReadStream(5), () => createReadStream('a\0b'), () => createReadStream(at('a.txt'), 'nonsense'), () => createReadStream(at('a.txt'), 5), () => createWriteStream(), () => createWriteStream(at('w'), { start: -3 })]) {
  try {
    make().on('error', (e) => console.log('later', named(e)));
    console.log('made');
  } catch (error) {
    show('refused', named(error));
  }
}

// Writing.
const w = createWriteStream(at('out'));
const events = ended(w);
show('write', [w.write('one '), w.write(Buffer.from('two ')), w.pending, w.bytesWritten]);
w.end('three');
show('events of writing', await events);
show('written', [fs.readFileSync(at('out'), 'utf8'), w.bytesWritten, w.fd, w.closed]);
const append = createWriteStream(at('out'), { flags: 'a' });
append.end(' four');
await ended(append);
show('appended', fs.readFileSync(at('out'), 'utf8'));
const patch = createWriteStream(at('out'), { flags: 'r+', start: 4 });
patch.end('TWO');
await ended(patch);
show('in place', fs.readFileSync(at('out'), 'utf8'));
const hex = createWriteStream(at('hex'), 'hex');
hex.end('616263');
await ended(hex);
show('encoding', fs.readFileSync(at('hex'), 'utf8'));
show('exclusive', await ended(createWriteStream(at('out'), { flags: 'wx' })));
show('no directory', await ended(createWriteStream(at('no/file'))));
const slow = createWriteStream(at('slow'), { highWaterMark: 10 });
show('backpressure', [slow.write('12345'), slow.write('123456')]);
await new Promise((done) => slow.once('drain', done));
slow.end();
await ended(slow);
show('mode', (fs.statSync(at('slow')).mode & 0o777).toString(8));
const flushed = createWriteStream(at('flushed'), { flush: true, mode: 0o600 });
flushed.end('x');
await ended(flushed);
show('mode of its own', [(fs.statSync(at('flushed')).mode & 0o777).toString(8), fs.readFileSync(at('flushed'), 'utf8')]);

// Together.
createReadStream(at('big')).pipe(createWriteStream(at('copy'))).on('close', () => show('copied', fs.statSync(at('copy')).size));
await new Promise((done) => setTimeout(done, 100));
await pipeline(createReadStream(at('a.txt')), new Transform({ transform: (chunk, _, done) => done(null, String(chunk).toUpperCase()) }), createWriteStream(at('upper')));
show('pipeline', fs.readFileSync(at('upper'), 'utf8'));
await pipeline(createReadStream(at('none')), createWriteStream(at('never'))).catch((error) => show('pipeline of nothing', named(error)));
await pipeline(Readable.from(['a', 'b', 'c']), createWriteStream(at('from')));
show('from a list', fs.readFileSync(at('from'), 'utf8'));

// Ended early, and by number.
const early = createReadStream(at('big'), { highWaterMark: 1000 });
const told = ended(early);
early.once('data', () => early.destroy());
show('destroyed', await told);
const late = createReadStream(at('big'));
const failed = ended(late);
late.once('data', () => late.destroy(new Error('enough')));
show('destroyed with an error', (await failed).map((e) => e.slice(0, 30)));
const closed = createReadStream(at('a.txt'));
await new Promise((done) => closed.close(done));
show('closed', [closed.destroyed, closed.fd]);
const fd = fs.openSync(at('a.txt'), 'r');
show('stat', fs.fstatSync(fd).size);
show('by number', await text(createReadStream('', { fd, start: 2, end: 4, autoClose: false, encoding: 'utf8' })));
show('still open', fs.fstatSync(fd).isFile());
fs.closeSync(fd);
for (const f of [() => fs.closeSync(fd), () => fs.fstatSync(fd), () => fs.openSync(at('none'), 'r'), () => fs.openSync(at('a.txt'), 'q'), () => fs.openSync(at('a.txt'), 'wx')]) {
  try {
    f();
    console.log('done');
  } catch (error) {
    show('refused', named(error));
  }
}
show('kept open', await (async () => {
  const kept = createReadStream(at('a.txt'), { autoClose: false });
  await new Promise((done) => kept.on('end', done).resume());
  await new Promise((done) => setTimeout(done, 20));
  const before = [kept.destroyed, typeof kept.fd];
  kept.destroy();
  await new Promise((done) => kept.on('close', done));
  return [...before, kept.fd];
})());
await new Promise((done) => fs.open(at('a.txt'), (error, number) => fs.fstat(number, (e, stats) => fs.fsync(number, () => fs.close(number, (x) => { show('callbacks', [error, stats.size, x ?? null]); done(); })))));
fs.rmSync(directory, { recursive: true });
