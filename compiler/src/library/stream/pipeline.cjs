'use strict';
// `finished` and `pipeline`, with callbacks and with promises.

const shared = require('puremix:stream/shared');
const { Readable } = require('puremix:stream/readable');
const { Duplex, PassThrough } = require('puremix:stream/duplex');

const { fail } = shared;

const isReadable = (s) => !!s && typeof s.pipe === 'function' && s._isReadable !== false && (!s._writableState || !!s._readableState);
const isWritable = (s) => !!s && typeof s.write === 'function' && s._isWritable !== false;
const isStream = (s) => !!s && typeof s.on === 'function' && (typeof s.write === 'function' || typeof s.pipe === 'function');

function finished(stream, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  options ??= {};
  if (!isStream(stream)) throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "stream" argument must be an instance of Stream. Received ${shared.received(stream)}`);
  let isCalled = false;
  const done = (error) => {
    if (!isCalled) {
      isCalled = true;
      callback.call(stream, error);
    }
  };
  const reads = options.readable ?? isReadable(stream);
  const writes = options.writable ?? isWritable(stream);
  let isWriteDone = !writes || stream.writableFinished === true;
  let isReadDone = !reads || stream.readableEnded === true;
  const closes = !!stream._life && stream._life.autoDestroy && stream._life.emitClose;
  const both = (s) => reads === isReadable(s) && writes === isWritable(s);
  const maybe = () => {
    if (isWriteDone && isReadDone && !(closes && both(stream) && !stream.closed)) done();
  };
  const onFinish = () => {
    isWriteDone = true;
    if (stream.destroyed && !closes) return;
    maybe();
  };
  const onEnd = () => {
    isReadDone = true;
    maybe();
  };
  const onError = (error) => done(error);
  const onClose = () => {
    const error = stream.errored;
    if (error && typeof error !== 'boolean') return done(error);
    if ((reads && !isReadDone && stream.readableEnded !== true) || (writes && !isWriteDone && stream.writableFinished !== true)) {
      return done(fail(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close'));
    }
    done();
  };
  stream.on('end', onEnd);
  stream.on('finish', onFinish);
  if (options.error !== false) stream.on('error', onError);
  stream.on('close', onClose);
  if (stream.closed) process.nextTick(onClose);
  else if (stream._life?.errorEmitted) process.nextTick(onError, stream.errored);
  else if (!closes && isWriteDone && isReadDone) process.nextTick(maybe);
  const forget = () => {
    const before = isCalled;
    isCalled = true;
    stream.removeListener('end', onEnd);
    stream.removeListener('finish', onFinish);
    stream.removeListener('error', onError);
    stream.removeListener('close', onClose);
    return before;
  };
  if (options.signal) {
    const abort = () => {
      forget();
      callback.call(stream, shared.abortError(options.signal.reason));
    };
    if (options.signal.aborted) process.nextTick(abort);
    else options.signal.addEventListener('abort', abort, { once: true });
  }
  return forget;
}
shared.lazy.finished = finished;

function pipeline(...parts) {
  const callback = parts.pop();
  if (typeof callback !== 'function') throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "streams[stream.length - 1]" property must be of type function. Received ${shared.received(callback)}`);
  return run(parts.length === 1 && Array.isArray(parts[0]) ? parts[0] : parts, {}, callback);
}

function run(parts, options, callback) {
  if (parts.length < 2) throw fail(TypeError, 'ERR_MISSING_ARGS', 'The "streams" argument must be specified');
  const streams = [];
  let failed;
  let result;
  let left = 0;
  let isCalled = false;
  const finish = (error, isLast) => {
    if (error && (!failed || failed.code === 'ERR_STREAM_PREMATURE_CLOSE')) failed = error;
    left--;
    if (failed) streams.forEach((stream) => shared.destroyQuietly(stream, failed));
    if ((failed || left === 0) && !isCalled) {
      if (left > 0 && !failed) return;
      isCalled = true;
      process.nextTick(callback, failed, isLast || !failed ? result : undefined);
    }
  };
  const watch = (stream, sides) => {
    streams.push(stream);
    left++;
    finished(stream, sides, (error) => finish(error));
  };
  let current;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const isLast = i === parts.length - 1;
    if (isStream(part)) {
      if (i > 0) {
        if (isReadable(current) && current.pipe) {
          current.pipe(part, { end: options.end !== false || !isLast });
        } else {
          left++;
          pump(current, part).then(() => finish(), (error) => finish(error));
        }
      }
      watch(part, { readable: !isLast && isReadable(part), writable: i > 0 });
      current = part;
    } else if (typeof part === 'function') {
      const made = i === 0 ? part({ signal: options.signal }) : part(current, { signal: options.signal });
      if (isLast && made && typeof made.then === 'function' && !made[Symbol.asyncIterator]) {
        left++;
        Promise.resolve(made).then(
          (value) => {
            result = value;
            finish(undefined, true);
          },
          (error) => finish(error),
        );
      } else if (made && (made[Symbol.asyncIterator] || made[Symbol.iterator])) {
        current = isLast ? (left++, drain(made).then(() => finish(), (error) => finish(error)), made) : Readable.from(made);
        if (!isLast) watch(current, { readable: true, writable: false });
      } else {
        throw fail(TypeError, 'ERR_INVALID_RETURN_VALUE', `Expected AsyncIterable to be returned from the "transform[${i - 1}]" function but got ${shared.received(made)}.`);
      }
    } else if (part && (part[Symbol.asyncIterator] || part[Symbol.iterator]) && i === 0) {
      current = Readable.from(part);
      watch(current, { readable: true, writable: false });
    } else {
      throw fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The "streams[${i}]" argument must be of type function or an instance of Stream or Iterable. Received ${shared.received(part)}`);
    }
  }
  if (options.signal) {
    const abort = () => {
      left++;
      finish(shared.abortError(options.signal.reason));
    };
    if (options.signal.aborted) process.nextTick(abort);
    else options.signal.addEventListener('abort', abort, { once: true });
  }
  return current;
}

async function pump(source, target) {
  for await (const chunk of source) {
    if (!target.write(chunk)) await new Promise((resolve) => target.once('drain', resolve));
  }
  target.end();
}

async function drain(source) {
  for await (const chunk of source) void chunk;
}

const promises = {
  finished: (stream, options) =>
    new Promise((resolve, reject) => {
      finished(stream, options, (error) => (error ? reject(error) : resolve()));
    }),
  pipeline: (...parts) =>
    new Promise((resolve, reject) => {
      const last = parts[parts.length - 1];
      const isOptions = last && typeof last === 'object' && !isStream(last) && !last[Symbol.asyncIterator] && !last[Symbol.iterator];
      const options = isOptions ? parts.pop() : {};
      run(parts, options, (error, value) => (error ? reject(error) : resolve(value)));
    }),
};

module.exports = { finished, pipeline, promises, Duplex, PassThrough };
