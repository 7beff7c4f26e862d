'use strict';
// What readable and writable streams share: their birth, their errors and their end.

const EventEmitter = require('events');

function inherit(Child, Parent) {
  Object.setPrototypeOf(Child.prototype, Parent.prototype);
  Object.setPrototypeOf(Child, Parent);
}

function Stream(options) {
  EventEmitter.call(this, options);
}
inherit(Stream, EventEmitter);
Stream.prototype.constructor = Stream;

function fail(Type, code, message) {
  const error = new Type(message);
  error.code = code;
  return error;
}

function received(value) {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') return value.constructor?.name ? `an instance of ${value.constructor.name}` : 'an object';
  return `type ${typeof value} (${typeof value === 'string' ? `'${value}'` : String(value)})`;
}

let bytes = 16 * 1024;
let objects = 16;

function highWaterMark(options, own, objectMode) {
  const given = options.highWaterMark ?? (own ? options[own] : undefined);
  if (given === undefined || given === null) return objectMode ? objects : bytes;
  if (!Number.isInteger(given) || given < 0) {
    const name = own && options.highWaterMark == null ? own : 'options.highWaterMark';
    throw fail(TypeError, 'ERR_INVALID_ARG_VALUE', `The property '${name.includes('.') ? name : `options.${name}`}' is invalid. Received ${given}`);
  }
  return given;
}

// The part of a stream's state that its two sides have together.
function setUpLife(stream, options) {
  if (typeof options.destroy === 'function') stream._destroy = options.destroy;
  if (typeof options.construct === 'function') stream._construct = options.construct;
  if (stream._life) return;
  stream._life = {
    destroyed: false,
    errored: null,
    errorEmitted: false,
    closed: false,
    closeEmitted: false,
    constructed: true,
    autoDestroy: options.autoDestroy !== false,
    emitClose: options.emitClose !== false,
  };
  if (options.signal) {
    const abort = () => stream.destroy(abortError(options.signal.reason));
    if (options.signal.aborted) process.nextTick(abort);
    else options.signal.addEventListener('abort', abort, { once: true });
  }
  if (typeof stream._construct === 'function') {
    stream._life.constructed = false;
    process.nextTick(construct, stream);
  }
}

function construct(stream) {
  let isCalled = false;
  const done = (error) => {
    if (isCalled) return destroyWith(stream, error ?? fail(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'));
    isCalled = true;
    const life = stream._life;
    life.constructed = true;
    if (life.destroyed) stream.emit('puremix:constructed', error);
    else if (error) destroyWith(stream, error, true);
    else
      process.nextTick(() => {
        stream.emit('puremix:constructed');
        if (stream._readableState && (stream._readableState.flowing || stream.listenerCount('readable') + stream.listenerCount('data') > 0)) stream.read(0);
      });
  };
  try {
    stream._construct((error) => process.nextTick(done, error));
  } catch (error) {
    process.nextTick(done, error);
  }
}

function abortError(reason) {
  const error = new Error('The operation was aborted');
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  if (reason !== undefined) error.cause = reason;
  return error;
}

Stream.prototype.destroy = function (error, callback) {
  const life = this._life;
  if (life.destroyed) {
    if (typeof callback === 'function') callback();
    return this;
  }
  if (error) life.errored ??= error;
  life.destroyed = true;
  if (life.constructed) end(this, error, callback);
  else this.once('puremix:constructed', (failed) => end(this, error ?? failed, callback));
  return this;
};

Stream.prototype._destroy = function (error, callback) {
  callback(error);
};

function end(stream, error, callback) {
  const life = stream._life;
  let isCalled = false;
  const done = (failed) => {
    if (isCalled) return;
    isCalled = true;
    if (failed) life.errored ??= failed;
    life.closed = true;
    if (typeof callback === 'function') callback(failed);
    process.nextTick(() => {
      if (failed) emitError(stream, failed);
      if (!life.closeEmitted) {
        life.closeEmitted = true;
        if (life.emitClose) stream.emit('close');
      }
    });
  };
  try {
    if (stream._writableState) lazy.endPending(stream);
    stream._destroy(error || null, done);
  } catch (failed) {
    done(failed);
  }
}

function emitError(stream, error) {
  if (stream._life.errorEmitted) return;
  stream._life.errorEmitted = true;
  stream.emit('error', error);
}

// What goes wrong in a stream ends it, unless it said that it would not end by itself.
function destroyWith(stream, error, isSync = false) {
  const life = stream._life;
  if (!life) return stream.emit('error', error);
  if (life.destroyed) return;
  if (life.autoDestroy) {
    stream.destroy(error);
  } else if (error) {
    life.errored ??= error;
    if (isSync) process.nextTick(emitError, stream, error);
    else emitError(stream, error);
  }
}

// Ends a stream that nobody listens to any more: the error has been told elsewhere.
function destroyQuietly(stream, error) {
  if (!stream || stream.destroyed) return;
  if (error && stream.listenerCount('error') === 0) stream.on('error', () => {});
  stream.destroy(error ?? undefined);
}

for (const [name, read] of Object.entries({ destroyed: (l) => l.destroyed, closed: (l) => l.closed, errored: (l) => l.errored })) {
  Object.defineProperty(Stream.prototype, name, {
    configurable: true,
    enumerable: false,
    get() {
      return this._life ? read(this._life) : undefined;
    },
    set(value) {
      if (this._life && name === 'destroyed') this._life.destroyed = value;
    },
  });
}

function setDefaultHighWaterMark(objectMode, value) {
  if (objectMode) objects = value;
  else bytes = value;
}

const lazy = {};

module.exports = {
  Stream, inherit, fail, received, highWaterMark, setUpLife, destroyWith, destroyQuietly, abortError, lazy, setDefaultHighWaterMark,
  getDefaultHighWaterMark: (objectMode) => (objectMode ? objects : bytes),
};
