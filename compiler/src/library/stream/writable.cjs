'use strict';
// Writable streams.

const shared = require('puremix:stream/shared');

const { Stream, fail } = shared;

function Writable(options) {
  if (!(this instanceof Writable) && !(this instanceof shared.lazy.Duplex)) return new Writable(options);
  Stream.call(this, options);
  setUp(this, options);
}
shared.inherit(Writable, Stream);
Writable.prototype.constructor = Writable;

// A duplex stream is a writable one too.
Object.defineProperty(Writable, Symbol.hasInstance, {
  value(object) {
    if (Function.prototype[Symbol.hasInstance].call(this, object)) return true;
    return this === Writable && !!object && object._writableState !== undefined && object instanceof shared.lazy.Duplex;
  },
});

function setUp(stream, options = {}, isDuplex = false) {
  options ??= {};
  const objectMode = !!(options.objectMode || (isDuplex && options.writableObjectMode));
  stream._writableState = {
    objectMode,
    highWaterMark: shared.highWaterMark(options, isDuplex ? 'writableHighWaterMark' : undefined, objectMode),
    decodeStrings: options.decodeStrings !== false,
    defaultEncoding: options.defaultEncoding || 'utf8',
    length: 0,
    writing: false,
    corked: 0,
    sync: true,
    buffered: [],
    callback: null,
    ending: false,
    ended: false,
    finalCalled: false,
    prefinished: false,
    finished: false,
    needDrain: false,
    pending: 0,
    afterTick: null,
    onFinished: [],
  };
  shared.setUpLife(stream, options);
  if (typeof options.write === 'function') stream._write = options.write;
  if (typeof options.writev === 'function') stream._writev = options.writev;
  if (typeof options.final === 'function') stream._final = options.final;
  if (!stream._life.constructed) {
    stream.once('puremix:constructed', () => {
      if (!stream._writableState.writing) clear(stream);
      finishMaybe(stream);
    });
  }
}

Writable.prototype._write = function (chunk, encoding, callback) {
  if (this._writev) this._writev([{ chunk, encoding }], callback);
  else throw fail(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _write() method is not implemented');
};
Writable.prototype._writev = null;

Writable.prototype.pipe = function () {
  shared.destroyWith(this, fail(Error, 'ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'));
};

Writable.prototype.write = function (chunk, encoding, callback) {
  return write(this, chunk, encoding, callback) === true;
};

function write(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = state.defaultEncoding;
  } else {
    encoding ||= state.defaultEncoding;
    if (encoding !== 'buffer' && !Buffer.isEncoding(encoding)) throw fail(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  }
  if (typeof callback !== 'function') callback = () => {};
  if (chunk === null) throw fail(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  if (!state.objectMode) {
    if (typeof chunk === 'string') {
      if (state.decodeStrings) {
        chunk = Buffer.from(chunk, encoding);
        encoding = 'buffer';
      }
    } else if (Buffer.isBuffer(chunk)) {
      encoding = 'buffer';
    } else if (ArrayBuffer.isView(chunk)) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = 'buffer';
    } else {
      throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${shared.received(chunk)}`);
    }
  }
  let error;
  if (state.ending) error = fail(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
  else if (stream._life.destroyed) error = fail(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
  if (error) {
    process.nextTick(callback, error);
    shared.destroyWith(stream, error, true);
    return error;
  }
  state.pending++;
  const length = state.objectMode ? 1 : chunk.length;
  state.length += length;
  const mayTakeMore = state.length < state.highWaterMark;
  if (!mayTakeMore) state.needDrain = true;
  if (state.writing || state.corked || stream._life.errored || !stream._life.constructed) {
    state.buffered.push({ chunk, encoding, callback });
  } else {
    begin(stream, state, length, callback, () => stream._write(chunk, encoding, stepper(stream)));
  }
  return mayTakeMore && !stream._life.errored && !stream._life.destroyed;
}

function begin(stream, state, length, callback, run) {
  state.writingLength = length;
  state.callback = callback;
  state.writing = true;
  state.sync = true;
  if (stream._life.destroyed) onWritten(stream, fail(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed'));
  else run();
  state.sync = false;
}

function stepper(stream) {
  return (error) => onWritten(stream, error);
}

function onWritten(stream, error) {
  const state = stream._writableState;
  const { sync, callback } = state;
  if (typeof callback !== 'function') {
    shared.destroyWith(stream, fail(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'));
    return;
  }
  state.writing = false;
  state.callback = null;
  state.length -= state.writingLength;
  state.writingLength = 0;
  if (error) {
    stream._life.errored ??= error;
    const failed = () => {
      state.pending--;
      callback(error);
      endPending(stream);
      shared.destroyWith(stream, error);
    };
    if (sync) process.nextTick(failed);
    else failed();
    return;
  }
  if (state.buffered.length > 0) clear(stream);
  if (!sync) {
    after(stream, state, 1, callback);
  } else if (state.afterTick !== null && state.afterTick.callback === callback) {
    state.afterTick.count++;
  } else {
    const tick = (state.afterTick = { count: 1, callback });
    process.nextTick(() => {
      if (state.afterTick === tick) state.afterTick = null;
      after(stream, state, tick.count, callback);
    });
  }
}

function after(stream, state, count, callback) {
  const drains = !state.ending && !stream.destroyed && state.length === 0 && state.needDrain;
  if (drains) {
    state.needDrain = false;
    stream.emit('drain');
  }
  while (count-- > 0) {
    state.pending--;
    callback(null);
  }
  if (stream._life.destroyed) endPending(stream);
  finishMaybe(stream);
}

// Tells those who still wait that nothing more will be written.
function endPending(stream) {
  const state = stream._writableState;
  if (state.writing) return;
  const error = () => stream._life.errored ?? fail(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
  for (const { chunk, callback } of state.buffered.splice(0)) {
    state.length -= state.objectMode ? 1 : chunk.length;
    process.nextTick(callback, error());
  }
  for (const callback of state.onFinished.splice(0)) {
    process.nextTick(callback, stream._life.errored ?? fail(Error, 'ERR_STREAM_DESTROYED', 'Cannot call end after a stream was destroyed'));
  }
}
shared.lazy.endPending = (stream) => {
  const state = stream._writableState;
  if (state.buffered.length > 0 || state.onFinished.length > 0) process.nextTick(endPending, stream);
};

function clear(stream) {
  const state = stream._writableState;
  if (state.corked || state.clearing || stream._life.destroyed || !stream._life.constructed) return;
  if (state.buffered.length === 0) return;
  state.clearing = true;
  if (state.buffered.length > 1 && stream._writev) {
    const all = state.buffered.splice(0);
    state.pending -= all.length - 1;
    const callback = (error) => all.forEach((one) => one.callback(error));
    const chunks = all.map(({ chunk, encoding }) => ({ chunk, encoding }));
    chunks.allBuffers = all.every(({ encoding }) => encoding === 'buffer');
    begin(stream, state, state.length, callback, () => stream._writev(chunks, stepper(stream)));
  } else {
    do {
      const { chunk, encoding, callback } = state.buffered.shift();
      begin(stream, state, state.objectMode ? 1 : chunk.length, callback, () => stream._write(chunk, encoding, stepper(stream)));
    } while (state.buffered.length > 0 && !state.writing);
  }
  state.clearing = false;
}

Writable.prototype.cork = function () {
  this._writableState.corked++;
};

Writable.prototype.uncork = function () {
  const state = this._writableState;
  if (state.corked) {
    state.corked--;
    if (!state.writing) clear(this);
  }
};

Writable.prototype.setDefaultEncoding = function (encoding) {
  if (typeof encoding === 'string') encoding = encoding.toLowerCase();
  if (!Buffer.isEncoding(encoding)) throw fail(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  this._writableState.defaultEncoding = encoding;
  return this;
};

Writable.prototype.end = function (chunk, encoding, callback) {
  const state = this._writableState;
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  let error;
  if (chunk !== null && chunk !== undefined) {
    const result = write(this, chunk, encoding);
    if (result instanceof Error) error = result;
  }
  if (state.corked) {
    state.corked = 1;
    this.uncork();
  }
  if (!error) {
    if (!this._life.errored && !state.ending) {
      state.ending = true;
      finishMaybe(this, true);
      state.ended = true;
    } else if (state.finished) {
      error = fail(Error, 'ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished');
    } else if (this._life.destroyed) {
      error = fail(Error, 'ERR_STREAM_DESTROYED', 'Cannot call end after a stream was destroyed');
    }
  }
  if (typeof callback === 'function') {
    if (error) process.nextTick(callback, error);
    else if (state.finished) process.nextTick(callback);
    else state.onFinished.push(callback);
  }
  return this;
};

function mayFinish(stream, state) {
  const life = stream._life;
  return state.ending && !life.destroyed && life.constructed && state.length === 0 && !life.errored && state.buffered.length === 0 && !state.finished && !state.writing && !life.errorEmitted && !life.closeEmitted;
}

function finishMaybe(stream, isSync) {
  const state = stream._writableState;
  if (!mayFinish(stream, state)) return;
  if (!state.prefinished && !state.finalCalled) {
    if (typeof stream._final === 'function') {
      state.finalCalled = true;
      callFinal(stream, state);
    } else {
      state.prefinished = true;
      stream.emit('prefinish');
    }
  }
  if (state.pending === 0) {
    if (isSync) {
      state.pending++;
      process.nextTick(() => {
        if (mayFinish(stream, state)) finish(stream, state);
        else state.pending--;
      });
    } else if (mayFinish(stream, state)) {
      state.pending++;
      finish(stream, state);
    }
  }
}

function callFinal(stream, state) {
  let isCalled = false;
  const done = (error) => {
    if (isCalled) return shared.destroyWith(stream, error ?? fail(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'));
    isCalled = true;
    state.pending--;
    if (error) {
      for (const callback of state.onFinished.splice(0)) callback(error);
      shared.destroyWith(stream, error, state.sync);
    } else if (mayFinish(stream, state)) {
      state.prefinished = true;
      stream.emit('prefinish');
      state.pending++;
      process.nextTick(finish, stream, state);
    }
  };
  state.sync = true;
  state.pending++;
  try {
    stream._final(done);
  } catch (error) {
    done(error);
  }
  state.sync = false;
}

function finish(stream, state) {
  state.pending--;
  state.finished = true;
  for (const callback of state.onFinished.splice(0)) callback();
  stream.emit('finish');
  if (stream._life.autoDestroy) {
    const reading = stream._readableState;
    if (!reading || reading.endEmitted || stream._isReadable === false) stream.destroy();
  }
}

for (const [name, read] of Object.entries({
  writable: (s) => s._isWritable !== false && !s._life.destroyed && !s._life.errored && !s._writableState.ending && !s._writableState.ended,
  writableFinished: (s) => s._writableState.finished,
  writableObjectMode: (s) => s._writableState.objectMode,
  writableBuffer: (s) => s._writableState.buffered,
  writableEnded: (s) => s._writableState.ending,
  writableNeedDrain: (s) => !s._life.destroyed && !s._writableState.ending && s._writableState.needDrain,
  writableHighWaterMark: (s) => s._writableState.highWaterMark,
  writableCorked: (s) => s._writableState.corked,
  writableLength: (s) => s._writableState.length,
  writableAborted: (s) => !!(s._isWritable !== false && (s._life.destroyed || s._life.errored) && !s._writableState.finished),
})) {
  Object.defineProperty(Writable.prototype, name, {
    configurable: true,
    enumerable: false,
    get() {
      return this._writableState && read(this);
    },
    set(value) {
      if (name === 'writable') this._isWritable = !!value;
    },
  });
}

module.exports = { Writable, setUpWritable: setUp };
