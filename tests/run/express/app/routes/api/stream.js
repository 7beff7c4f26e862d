import { PassThrough, Readable, pipeline } from 'node:stream';

// What a client sees while the handler still runs, and what the handler hears of the client.
const heard = [];

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

export async function GET(req, res) {
  switch (req.query.how) {
    case 'write': {
      res.set('content-type', 'text/plain');
      const before = res.headersSent;
      res.write('a');
      const after = res.headersSent;
      await wait(50);
      let error;
      try {
        res.set('x-late', '1');
      } catch (e) {
        error = e.code;
      }
      res.write(Buffer.from('b'));
      res.write('Yw==', 'base64');
      return res.end(` ${before} ${after} ${error} ${res.writableEnded}`);
    }
    case 'length':
      res.writeHead(201, { 'Content-Length': 6, 'content-type': 'text/plain' });
      res.write('abc');
      setTimeout(() => res.end('def'), 20);
      return undefined;
    case 'events': {
      // Server-sent events until the client goes.
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
      res.flushHeaders();
      let n = 0;
      const timer = setInterval(() => res.write(`id: ${++n}\ndata: ${JSON.stringify({ n })}\n\n`), 20);
      req.on('close', () => {
        clearInterval(timer);
        heard.push(`closed after ${n > 1 ? 'some' : n}`);
      });
      return undefined;
    }
    case 'slow': {
      // Writes until the client is behind, and goes on when it has caught up.
      res.type('application/octet-stream');
      const piece = Buffer.alloc(64 * 1024, 'x');
      let waits = 0;
      for (let i = 0; i < 200; i++) {
        if (!res.write(piece)) {
          waits++;
          await new Promise((done) => res.once('drain', done));
        }
      }
      heard.push(`drained ${waits > 100}`);
      return res.end();
    }
    case 'break':
      res.write('half');
      await wait(20);
      throw new Error('in the middle');
    case 'finish':
      res.on('finish', () => heard.push(`finish ${res.statusCode} ${res.headersSent}`));
      res.on('close', () => heard.push(`close ${res.writableFinished}`));
      return res.status(202).json({ ok: true });
    case 'gone':
      req.on('close', () => heard.push('gone while waiting'));
      await wait(5000);
      return { late: true };
    case 'heard':
      return res.json(heard.splice(0));
    case 'number':
      return res.write(5);
    case 'generator':
      return lines(Number(req.query.n ?? 3));
    case 'pipe':
      return Readable.from(['a', 'b', 'c']).pipe(res.type('text/plain'));
    case 'pipeline':
      return pipeline(Readable.from(['x', 'y']), new PassThrough(), res.type('text/plain'), (error) => heard.push(`pipeline ${error ?? 'fine'}`));
    case 'readable':
      return Readable.from(['r', 's']);
    case 'endless':
      return endless();
    case 'made':
      return { made };
    case 'ticks':
      res.type('text/plain');
      return ticks();
    case 'response':
      return new Response('made by fetch', { status: 203, headers: { 'x-from': 'response', 'content-type': 'text/plain' } });
    case 'render':
      return res.render('index');
    default:
      return res.end();
  }
}

let made = 0;

async function* endless() {
  const piece = Buffer.alloc(64 * 1024, 'x');
  made = 0;
  try {
    for (;;) {
      made++;
      yield piece;
    }
  } finally {
    heard.push('endless ended');
  }
}

async function* ticks() {
  for (let n = 1; n <= 3; n++) {
    yield `tick ${n} ${'.'.repeat(50)}\n`;
    await wait(200);
  }
}

async function* lines(n) {
  try {
    for (let i = 1; i <= n; i++) {
      yield `line ${i}\n`;
      await wait(5);
    }
  } finally {
    heard.push('generator ended');
  }
}

export async function POST(req, res) {
  if (req.query.how === 'echo') return req.pipe(res.type('text/plain'));
  if (req.query.how === 'iterate') {
    const pieces = [];
    for await (const piece of req) pieces.push(piece);
    return res.send(Buffer.concat(pieces).toString());
  }
  let text = '';
  req.setEncoding('utf8');
  req.on('data', (piece) => (text += piece));
  req.on('end', () => res.json({ text, length: text.length }));
  return undefined;
}
