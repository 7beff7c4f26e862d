'use strict';
// `node:stream`.

const shared = require('puremix:stream/shared');
const { Readable } = require('puremix:stream/readable');
const { Writable } = require('puremix:stream/writable');
const { Duplex, Transform, PassThrough } = require('puremix:stream/duplex');
const { finished, pipeline, promises } = require('puremix:stream/pipeline');

const { Stream } = shared;

function addAbortSignal(signal, stream) {
  const abort = () => stream.destroy(shared.abortError(signal.reason));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return stream;
}

// `Stream` itself is what the module exports; before Node 0.10 streams were made of it.
Stream.prototype.pipe = function (target) {
  this.on('data', (chunk) => {
    if (target.write(chunk) === false && this.pause) this.pause();
  });
  target.on('drain', () => this.resume && this.resume());
  this.on('end', () => target.end());
  target.emit('pipe', this);
  return target;
};

module.exports = Object.assign(Stream, {
  Readable, Writable, Duplex, Transform, PassThrough, Stream, finished, pipeline, promises, addAbortSignal,
  isReadable: (stream) => !!stream && stream.readable === true,
  isWritable: (stream) => !!stream && stream.writable === true,
  isErrored: (stream) => !!(stream && stream.errored),
  isDisturbed: (stream) => !!(stream && (stream.readableDidRead || stream.readableAborted)),
  getDefaultHighWaterMark: shared.getDefaultHighWaterMark,
  setDefaultHighWaterMark: shared.setDefaultHighWaterMark,
});
