'use strict';
// `fs.createReadStream` and `fs.createWriteStream` (https://nodejs.org/docs/latest-v20.x/api/fs.html). Loaded with the programs that name them; it puts
// them into `fs`.

const fs = require('fs');
const { Readable, Writable } = require('stream');
const shared = require('puremix:stream/shared');

const { fail, received } = shared;
const read = fs['puremix:read'];
const write = fs['puremix:write'];

function optionsOf(options) {
  if (options === null || options === undefined) return {};
  if (typeof options === 'string') return { encoding: options };
  if (typeof options === 'object') return { ...options };
  throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "options" argument must be one of type string or object. Received ${received(options)}`);
}

function checkEncoding({ encoding }) {
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw fail(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'encoding' is invalid encoding. Received '${encoding}'`);
  }
}

function checkPath(path) {
  if (path instanceof URL) path = require('url').fileURLToPath(path);
  if (typeof path !== 'string' && !ArrayBuffer.isView(path)) {
    throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "path" argument must be of type string or an instance of Buffer or URL. Received ${received(path)}`);
  }
  if (String(path).includes('\0')) {
    throw fail(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'path' must be a string, Uint8Array, or URL without null bytes. Received '${String(path).replaceAll('\0', '\\x00')}'`);
  }
  return path;
}

function checkPosition(value, name) {
  if (typeof value !== 'number') throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be of type number. Received ${received(value)}`);
  if (!Number.isInteger(value)) throw fail(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be an integer. Received ${value}`);
  if (value < 0) throw fail(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be >= 0 && <= 9007199254740991. Received ${value}`);
}

// What both have: a file of their own, or one that the program has opened.
function begin(stream, path, options, flags) {
  if (options.fd === undefined || options.fd === null) {
    stream.fd = null;
    stream.flags = options.flags === undefined ? flags : options.flags;
    stream.mode = options.mode === undefined ? 0o666 : options.mode;
    stream.path = checkPath(path);
  } else {
    if (!Number.isInteger(options.fd)) throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "fd" argument must be of type number. Received ${received(options.fd)}`);
    stream.fd = options.fd;
    stream.path = path;
  }
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  stream._file = { busy: false, then: null };
}

function open(callback) {
  const stream = this;
  if (typeof stream.fd === 'number') return callback();
  fs.open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) return callback(error);
    stream.fd = fd;
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

// The file is closed once nothing is read from it or written to it.
function destroy(error, callback) {
  const stream = this;
  const close = () => {
    if (stream.fd === null) return callback(error);
    const { fd } = stream;
    stream.fd = null;
    fs.close(fd, (failed) => callback(failed || error));
  };
  if (stream._file.busy) stream._file.then = close;
  else close();
}

function idle(stream) {
  stream._file.busy = false;
  const { then } = stream._file;
  stream._file.then = null;
  if (then) then();
  return Boolean(then);
}

function pending(Class) {
  Object.defineProperty(Class.prototype, 'pending', { configurable: true, get() { return this.fd === null; } });
  Object.defineProperty(Class.prototype, 'autoClose', {
    configurable: true,
    get() { return this._life.autoDestroy; },
    set(value) { this._life.autoDestroy = value; },
  });
}

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = optionsOf(options);
  checkEncoding(options);
  if (options.highWaterMark === undefined) options.highWaterMark = 64 * 1024;
  begin(this, path, options, 'r');
  this.start = options.start;
  this.end = options.end ?? Infinity;
  this.pos = undefined;
  this.bytesRead = 0;
  if (this.start !== undefined) {
    checkPosition(this.start, 'start');
    this.pos = this.start;
  }
  if (this.end !== Infinity) {
    checkPosition(this.end, 'end');
    if (this.start !== undefined && this.start > this.end) {
      throw fail(RangeError, 'ERR_OUT_OF_RANGE', `The value of "start" is out of range. It must be <= "end" (here: ${this.end}). Received ${this.start}`);
    }
  }
  Readable.call(this, options);
}
shared.inherit(ReadStream, Readable);
ReadStream.prototype.constructor = ReadStream;
ReadStream.prototype._construct = open;
ReadStream.prototype._destroy = destroy;
pending(ReadStream);

ReadStream.prototype._read = function (wanted) {
  const left = this.pos === undefined ? this.end - this.bytesRead + 1 : this.end - this.pos + 1;
  const length = Math.min(left, wanted);
  if (length <= 0) {
    this.push(null);
    return;
  }
  this._file.busy = true;
  read(this.fd, length, this.pos, (error, bytes) => {
    if (idle(this)) return;
    if (error) {
      shared.destroyWith(this, error);
    } else if (bytes.length === 0) {
      this.push(null);
    } else {
      if (this.pos !== undefined) this.pos += bytes.length;
      this.bytesRead += bytes.length;
      this.push(bytes);
    }
  });
};

ReadStream.prototype.close = function (callback) {
  if (typeof callback === 'function') {
    if (this.closed) process.nextTick(callback);
    else this.once('close', () => callback());
  }
  this.destroy();
};

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = optionsOf(options);
  checkEncoding(options);
  options.decodeStrings = true;
  begin(this, path, options, 'w');
  this.start = options.start;
  this.pos = undefined;
  this.bytesWritten = 0;
  this.flush = Boolean(options.flush);
  if (this.start !== undefined) {
    checkPosition(this.start, 'start');
    this.pos = this.start;
  }
  Writable.call(this, options);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
shared.inherit(WriteStream, Writable);
WriteStream.prototype.constructor = WriteStream;
WriteStream.prototype._construct = open;
WriteStream.prototype._destroy = function (error, callback) {
  if (!this.flush || error || this.fd === null) return destroy.call(this, error, callback);
  fs.fsync(this.fd, (failed) => destroy.call(this, failed || error, callback));
};
pending(WriteStream);

// The system may take less than it was given.
function writeAll(stream, bytes, callback) {
  write(stream.fd, bytes, stream.pos, (error, written) => {
    if (error) return callback(error);
    stream.bytesWritten += written;
    if (stream.pos !== undefined) stream.pos += written;
    if (written < bytes.length && !stream.destroyed) return writeAll(stream, bytes.subarray(written), callback);
    callback(null);
  });
}

WriteStream.prototype._write = function (bytes, encoding, callback) {
  this._file.busy = true;
  writeAll(this, bytes, (error) => {
    if (idle(this)) return callback(error);
    callback(error);
  });
};

WriteStream.prototype._writev = function (chunks, callback) {
  this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', callback);
};

WriteStream.prototype.close = function (callback) {
  if (typeof callback === 'function') {
    if (this.closed) return process.nextTick(callback);
    this.on('close', () => callback());
  }
  if (!this.autoClose) this.on('finish', () => this.destroy());
  this.end();
};
WriteStream.prototype.destroySoon = WriteStream.prototype.end;

Object.assign(fs, {
  ReadStream,
  WriteStream,
  createReadStream: (path, options) => new ReadStream(path, options),
  createWriteStream: (path, options) => new WriteStream(path, options),
});
