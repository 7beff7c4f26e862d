'use strict';
// Readable streams, with the states and the order of events of Node 20 (https://nodejs.org/docs/latest-v20.x/api/stream.html).

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const shared = require('puremix:stream/shared');

const { Stream, fail } = shared;

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  Stream.call(this, options);
  setUp(this, options, this instanceof shared.lazy.Duplex);
}
shared.inherit(Readable, Stream);
Readable.prototype.constructor = Readable;

function setUp(stream, options = {}, isDuplex = false) {
  options ??= {};
  const objectMode = !!(options.objectMode || (isDuplex && options.readableObjectMode));
  stream._readableState = {
    objectMode,
    highWaterMark: shared.highWaterMark(options, isDuplex ? 'readableHighWaterMark' : undefined, objectMode),
    buffer: [],
    length: 0,
    flowing: null,
    ended: false,
    endEmitted: false,
    reading: false,
    sync: true,
    needReadable: false,
    emittedReadable: false,
    readableListening: false,
    resumeScheduled: false,
    readingMore: false,
    didRead: false,
    decoder: null,
    encoding: null,
    pipes: [],
    awaiting: new Set(),
  };
  shared.setUpLife(stream, options);
  if (typeof options.read === 'function') stream._read = options.read;
  if (options.encoding) stream.setEncoding(options.encoding);
}

Readable.prototype._read = function () {
  throw fail(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _read() method is not implemented');
};

Readable.prototype.push = function (chunk, encoding) {
  return add(this, chunk, encoding, false);
};

Readable.prototype.unshift = function (chunk, encoding) {
  return add(this, chunk, encoding, true);
};

function add(stream, chunk, encoding, atFront) {
  const state = stream._readableState;
  let error;
  if (!state.objectMode) {
    if (typeof chunk === 'string') {
      encoding ||= 'utf8';
      if (state.encoding !== encoding) {
        if (atFront && state.encoding) chunk = Buffer.from(chunk, encoding).toString(state.encoding);
        else chunk = Buffer.from(chunk, encoding);
      }
    } else if (ArrayBuffer.isView(chunk) && !Buffer.isBuffer(chunk)) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    } else if (chunk !== null && chunk !== undefined && !Buffer.isBuffer(chunk)) {
      error = fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${shared.received(chunk)}`);
    }
  }
  if (error) {
    shared.destroyWith(stream, error);
  } else if (chunk === null) {
    state.reading = false;
    end(stream);
  } else if (state.objectMode || (chunk && chunk.length > 0)) {
    if (atFront) {
      if (state.endEmitted) shared.destroyWith(stream, fail(Error, 'ERR_STREAM_UNSHIFT_AFTER_END_EVENT', 'stream.unshift() after end event'));
      else if (stream._life.destroyed || stream._life.errored) return false;
      else keep(stream, chunk, true);
    } else if (state.ended) {
      shared.destroyWith(stream, fail(Error, 'ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'));
    } else if (stream._life.destroyed || stream._life.errored) {
      return false;
    } else {
      state.reading = false;
      if (state.decoder && !encoding) {
        chunk = state.decoder.write(chunk);
        if (state.objectMode || chunk.length !== 0) keep(stream, chunk, false);
        else readMore(stream);
      } else {
        keep(stream, chunk, false);
      }
    }
  } else if (!atFront) {
    state.reading = false;
    readMore(stream);
  }
  return !state.ended && (state.length < state.highWaterMark || state.length === 0);
}

function keep(stream, chunk, atFront) {
  const state = stream._readableState;
  if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount('data') > 0) {
    state.awaiting.clear();
    state.didRead = true;
    stream.emit('data', chunk);
  } else {
    state.length += state.objectMode ? 1 : chunk.length;
    if (atFront) state.buffer.unshift(chunk);
    else state.buffer.push(chunk);
    if (state.needReadable) announce(stream);
  }
  readMore(stream);
}

Readable.prototype.isPaused = function () {
  return this._readableState.paused === true || this._readableState.flowing === false;
};

Readable.prototype.setEncoding = function (encoding) {
  const state = this._readableState;
  const decoder = new StringDecoder(encoding);
  state.decoder = decoder;
  state.encoding = decoder.encoding;
  let text = '';
  for (const chunk of state.buffer) text += decoder.write(chunk);
  state.buffer = text === '' ? [] : [text];
  state.length = text.length;
  return this;
};

// How many of what is kept `read(n)` takes.
function howMuch(n, state) {
  if (n <= 0 || (state.length === 0 && state.ended)) return 0;
  if (state.objectMode) return 1;
  if (Number.isNaN(n)) return state.flowing && state.length ? state.buffer[0].length : state.length;
  if (n <= state.length) return n;
  return state.ended ? state.length : 0;
}

Readable.prototype.read = function (n) {
  if (n === undefined) n = NaN;
  else if (!Number.isInteger(n)) n = Number.parseInt(n, 10);
  const state = this._readableState;
  const asked = n;
  if (n > state.highWaterMark) state.highWaterMark = 2 ** Math.ceil(Math.log2(n));
  if (n !== 0) state.emittedReadable = false;
  if (n === 0 && state.needReadable && ((state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0) || state.ended)) {
    if (state.length === 0 && state.ended) endReadable(this);
    else announce(this);
    return null;
  }
  n = howMuch(n, state);
  if (n === 0 && state.ended) {
    if (state.length === 0) endReadable(this);
    return null;
  }
  let wanted = state.needReadable;
  if (state.length === 0 || state.length - n < state.highWaterMark) wanted = true;
  const life = this._life;
  if (state.ended || state.reading || life.destroyed || life.errored || !life.constructed) {
    wanted = false;
  } else if (wanted) {
    state.reading = true;
    state.sync = true;
    if (state.length === 0) state.needReadable = true;
    try {
      this._read(state.highWaterMark);
    } catch (error) {
      shared.destroyWith(this, error);
    }
    state.sync = false;
    if (!state.reading) n = howMuch(asked, state);
  }
  const taken = n > 0 ? take(n, state) : null;
  if (taken === null) {
    state.needReadable = state.length <= state.highWaterMark;
    n = 0;
  } else {
    state.length -= n;
    state.awaiting.clear();
  }
  if (state.length === 0) {
    if (!state.ended) state.needReadable = true;
    if (asked !== n && state.ended) endReadable(this);
  }
  if (taken !== null && !life.errored && !life.closeEmitted) {
    state.didRead = true;
    this.emit('data', taken);
  }
  return taken;
};

function take(n, state) {
  if (state.length === 0) return null;
  if (state.objectMode) return state.buffer.shift();
  if (!n || n >= state.length) {
    const all = state.decoder ? state.buffer.join('') : state.buffer.length === 1 ? state.buffer[0] : Buffer.concat(state.buffer, state.length);
    state.buffer = [];
    return all;
  }
  const first = state.buffer[0];
  if (n < first.length) {
    state.buffer[0] = first.slice(n);
    return first.slice(0, n);
  }
  if (n === first.length) return state.buffer.shift();
  const parts = [];
  while (n > 0) {
    const chunk = state.buffer[0];
    if (n >= chunk.length) {
      parts.push(state.buffer.shift());
      n -= chunk.length;
    } else {
      parts.push(chunk.slice(0, n));
      state.buffer[0] = chunk.slice(n);
      n = 0;
    }
  }
  return state.decoder ? parts.join('') : Buffer.concat(parts);
}

function end(stream) {
  const state = stream._readableState;
  if (state.ended) return;
  if (state.decoder) {
    const rest = state.decoder.end();
    if (rest && rest.length) {
      state.buffer.push(rest);
      state.length += state.objectMode ? 1 : rest.length;
    }
  }
  state.ended = true;
  if (state.sync) {
    announce(stream);
  } else {
    state.needReadable = false;
    state.emittedReadable = true;
    tellReadable(stream);
  }
}

function announce(stream) {
  const state = stream._readableState;
  state.needReadable = false;
  if (!state.emittedReadable) {
    state.emittedReadable = true;
    process.nextTick(tellReadable, stream);
  }
}

function tellReadable(stream) {
  const state = stream._readableState;
  const life = stream._life;
  if (!life.destroyed && !life.errored && (state.length || state.ended)) {
    stream.emit('readable');
    state.emittedReadable = false;
  }
  state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
  flow(stream);
}

function readMore(stream) {
  const state = stream._readableState;
  if (!state.readingMore && stream._life.constructed) {
    state.readingMore = true;
    process.nextTick(() => {
      while (!state.reading && !state.ended && (state.length < state.highWaterMark || (state.flowing && state.length === 0))) {
        const before = state.length;
        stream.read(0);
        if (before === state.length) break;
      }
      state.readingMore = false;
    });
  }
}

Readable.prototype.pipe = function (target, options) {
  const source = this;
  const state = this._readableState;
  state.pipes.push(target);
  const ends = (!options || options.end !== false) && target !== process.stdout && target !== process.stderr;
  const onEnd = ends ? () => target.end() : unpipe;
  if (state.endEmitted) process.nextTick(onEnd);
  else source.once('end', onEnd);
  let isClean = false;
  let onDrain;
  target.on('unpipe', onUnpipe);
  function onUnpipe(from, info) {
    if (from === source && info && info.hasUnpiped === false) {
      info.hasUnpiped = true;
      clean();
    }
  }
  function clean() {
    isClean = true;
    target.removeListener('close', onClose);
    target.removeListener('finish', onFinish);
    if (onDrain) target.removeListener('drain', onDrain);
    target.removeListener('error', onError);
    target.removeListener('unpipe', onUnpipe);
    source.removeListener('end', onEnd);
    source.removeListener('end', unpipe);
    source.removeListener('data', onData);
    if (onDrain && state.awaiting.size && (!target._writableState || target._writableState.needDrain)) onDrain();
  }
  function pause() {
    if (!isClean) {
      if (state.pipes.includes(target)) state.awaiting.add(target);
      source.pause();
    }
    if (!onDrain) {
      onDrain = () => {
        state.awaiting.delete(target);
        if (state.awaiting.size === 0 && source.listenerCount('data')) source.resume();
      };
      target.on('drain', onDrain);
    }
  }
  source.on('data', onData);
  function onData(chunk) {
    if (target.write(chunk) === false) pause();
  }
  function onError(error) {
    unpipe();
    target.removeListener('error', onError);
    if (target.listenerCount('error') === 0) {
      if (target._writableState && target._life && !target._life.errorEmitted) shared.destroyWith(target, error);
      else target.emit('error', error);
    }
  }
  target.prependListener('error', onError);
  function onClose() {
    target.removeListener('finish', onFinish);
    unpipe();
  }
  target.once('close', onClose);
  function onFinish() {
    target.removeListener('close', onClose);
    unpipe();
  }
  target.once('finish', onFinish);
  function unpipe() {
    source.unpipe(target);
  }
  target.emit('pipe', source);
  if (target.writableNeedDrain === true) pause();
  else if (!state.flowing) source.resume();
  return target;
};

Readable.prototype.unpipe = function (target) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;
  const gone = target ? state.pipes.filter((t) => t === target) : state.pipes;
  if (gone.length === 0) return this;
  state.pipes = target ? state.pipes.filter((t) => t !== target) : [];
  if (state.pipes.length === 0) this.pause();
  for (const one of gone) one.emit('unpipe', this, { hasUnpiped: false });
  return this;
};

Readable.prototype.on = function (name, listener) {
  const result = EventEmitter.prototype.on.call(this, name, listener);
  const state = this._readableState;
  if (name === 'data') {
    state.readableListening = this.listenerCount('readable') > 0;
    if (state.flowing !== false) this.resume();
  } else if (name === 'readable' && !state.endEmitted && !state.readableListening) {
    state.readableListening = state.needReadable = true;
    state.flowing = false;
    state.emittedReadable = false;
    if (state.length) announce(this);
    else if (!state.reading) process.nextTick(() => this.read(0));
  }
  return result;
};
Readable.prototype.addListener = Readable.prototype.on;

Readable.prototype.removeListener = function (name, listener) {
  const result = EventEmitter.prototype.removeListener.call(this, name, listener);
  if (name === 'readable') process.nextTick(listenersChanged, this);
  return result;
};
Readable.prototype.off = Readable.prototype.removeListener;

Readable.prototype.removeAllListeners = function (...names) {
  const result = EventEmitter.prototype.removeAllListeners.apply(this, names);
  if (names.length === 0 || names[0] === 'readable') process.nextTick(listenersChanged, this);
  return result;
};

function listenersChanged(stream) {
  const state = stream._readableState;
  state.readableListening = stream.listenerCount('readable') > 0;
  if (state.resumeScheduled && state.paused === false) state.flowing = true;
  else if (stream.listenerCount('data') > 0) stream.resume();
  else if (!state.readableListening) state.flowing = null;
}

Readable.prototype.resume = function () {
  const state = this._readableState;
  if (!state.flowing) {
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      process.nextTick(() => {
        if (!state.reading) this.read(0);
        state.resumeScheduled = false;
        this.emit('resume');
        flow(this);
        if (state.flowing && !state.reading) this.read(0);
      });
    }
  }
  state.paused = false;
  return this;
};

Readable.prototype.pause = function () {
  const state = this._readableState;
  if (state.flowing !== false) {
    state.flowing = false;
    this.emit('pause');
  }
  state.paused = true;
  return this;
};

function flow(stream) {
  const state = stream._readableState;
  while (state.flowing && stream.read() !== null);
}

function endReadable(stream) {
  const state = stream._readableState;
  if (!state.endEmitted) {
    state.ended = true;
    process.nextTick(() => {
      const life = stream._life;
      if (life.errored || life.closeEmitted || state.endEmitted || state.length !== 0) return;
      state.endEmitted = true;
      stream.emit('end');
      if (stream.writable && stream.allowHalfOpen === false) {
        process.nextTick(() => {
          if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
        });
      } else if (life.autoDestroy) {
        const writing = stream._writableState;
        if (!writing || (writing.finished || stream._isWritable === false)) stream.destroy();
      }
    });
  }
}

Readable.prototype[Symbol.asyncIterator] = function () {
  return this.iterator();
};

Readable.prototype.iterator = function (options) {
  const iterator = chunksOf(this, options);
  iterator.stream = this;
  return iterator;
};

async function* chunksOf(stream, options) {
  let wake = () => {};
  const next = () => {
    wake();
    wake = () => {};
  };
  stream.on('readable', next);
  let error;
  const forget = shared.lazy.finished(stream, { writable: false }, (e) => {
    error = e ? e : null;
    next();
  });
  try {
    for (;;) {
      const chunk = stream._life.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (error) throw error;
      else if (error === null) return;
      else await new Promise((resolve) => (wake = resolve));
    }
  } catch (e) {
    error = e;
    throw error;
  } finally {
    if ((error || options?.destroyOnReturn !== false) && (error === undefined || stream._life.autoDestroy)) {
      shared.destroyQuietly(stream, error ?? null);
    } else {
      stream.off('readable', next);
      forget();
    }
  }
}

Readable.from = function (source, options) {
  if (typeof source === 'string' || source instanceof Uint8Array) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(source);
        this.push(null);
      },
    });
  }
  const isAsync = source?.[Symbol.asyncIterator] !== undefined;
  if (!isAsync && typeof source?.[Symbol.iterator] !== 'function') {
    throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "iterable" argument must be an instance of Iterable. Received ${shared.received(source)}`);
  }
  const iterator = isAsync ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let isReading = false;
  readable._read = function () {
    if (!isReading) {
      isReading = true;
      pull();
    }
  };
  readable._destroy = function (error, done) {
    close(error).then(() => process.nextTick(done, error), (e) => process.nextTick(done, e || error));
  };
  async function close(error) {
    if (error != null && typeof iterator.throw === 'function') {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === 'function') await (await iterator.return()).value;
  }
  async function pull() {
    for (;;) {
      try {
        const { value, done } = isAsync ? await iterator.next() : iterator.next();
        if (done) {
          readable.push(null);
        } else {
          const chunk = value && typeof value.then === 'function' ? await value : value;
          if (chunk === null) {
            isReading = false;
            throw fail(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
          }
          if (readable.push(chunk)) continue;
          isReading = false;
        }
      } catch (error) {
        readable.destroy(error);
      }
      return;
    }
  }
  return readable;
};

for (const [name, read] of Object.entries({
  readable: (s) => s._isReadable !== false && !s._readableState.endEmitted && !s._life.destroyed && !s._life.errorEmitted,
  readableDidRead: (s) => s._readableState.didRead,
  readableAborted: (s) => !!(s._isReadable !== false && (s._life.destroyed || s._life.errored) && !s._readableState.endEmitted),
  readableHighWaterMark: (s) => s._readableState.highWaterMark,
  readableBuffer: (s) => s._readableState.buffer,
  readableFlowing: (s) => s._readableState.flowing,
  readableLength: (s) => s._readableState.length,
  readableObjectMode: (s) => s._readableState.objectMode,
  readableEncoding: (s) => s._readableState.encoding,
  readableEnded: (s) => s._readableState.endEmitted,
})) {
  Object.defineProperty(Readable.prototype, name, {
    configurable: true,
    enumerable: false,
    get() {
      return this._readableState && read(this);
    },
    set(value) {
      if (name === 'readable') this._isReadable = !!value;
      else if (name === 'readableFlowing') this._readableState.flowing = value;
    },
  });
}

module.exports = { Readable, setUpReadable: setUp };
