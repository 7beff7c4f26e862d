'use strict';
// Streams with two sides.

const shared = require('puremix:stream/shared');
const { Readable, setUpReadable } = require('puremix:stream/readable');
const { Writable, setUpWritable } = require('puremix:stream/writable');

const { Stream, fail } = shared;

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  Stream.call(this, options);
  setUpReadable(this, options, true);
  setUpWritable(this, options, true);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  if (options?.readable === false) {
    this._isReadable = false;
    this._readableState.ended = this._readableState.endEmitted = true;
  }
  if (options?.writable === false) {
    this._isWritable = false;
    this._writableState.ending = this._writableState.ended = this._writableState.finished = true;
  }
}
shared.inherit(Duplex, Readable);
Duplex.prototype.constructor = Duplex;
shared.lazy.Duplex = Duplex;

for (const name of Object.getOwnPropertyNames(Writable.prototype)) {
  if (name === 'constructor' || name === 'pipe') continue;
  Object.defineProperty(Duplex.prototype, name, Object.getOwnPropertyDescriptor(Writable.prototype, name));
}

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  Duplex.call(this, options);
  // Nothing is read before something was written.
  this._readableState.sync = false;
  this._waiting = null;
  if (typeof options?.transform === 'function') this._transform = options.transform;
  if (typeof options?.flush === 'function') this._flush = options.flush;
  this.on('prefinish', () => {
    if (this._final !== Transform.prototype._final) flush(this);
  });
}
shared.inherit(Transform, Duplex);
Transform.prototype.constructor = Transform;

function flush(stream, callback) {
  if (typeof stream._flush === 'function' && !stream.destroyed) {
    stream._flush((error, data) => {
      if (error) {
        if (callback) callback(error);
        else stream.destroy(error);
        return;
      }
      if (data != null) stream.push(data);
      stream.push(null);
      if (callback) callback();
    });
  } else {
    stream.push(null);
    if (callback) callback();
  }
}

Transform.prototype._final = function (callback) {
  flush(this, callback);
};

Transform.prototype._transform = function () {
  throw fail(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _transform() method is not implemented');
};

Transform.prototype._write = function (chunk, encoding, callback) {
  const reading = this._readableState;
  const writing = this._writableState;
  const length = reading.length;
  this._transform(chunk, encoding, (error, value) => {
    if (error) return callback(error);
    if (value != null) this.push(value);
    if (writing.ended || length === reading.length || reading.length < reading.highWaterMark) callback();
    else this._waiting = callback;
  });
};

Transform.prototype._read = function () {
  if (this._waiting) {
    const callback = this._waiting;
    this._waiting = null;
    callback();
  }
};

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}
shared.inherit(PassThrough, Transform);
PassThrough.prototype.constructor = PassThrough;
PassThrough.prototype._transform = function (chunk, encoding, callback) {
  callback(null, chunk);
};

module.exports = { Duplex, Transform, PassThrough };
