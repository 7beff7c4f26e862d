'use strict';
// Stands for protobufjs/src/decoder.js: the function it would write as text, as one that walks the fields.

var Enum = require('./enum');
var types = require('./types');
var util = require('./util');

module.exports = function decoder(mtype) {
  var steps = {};
  mtype.fieldsArray.forEach(function (field) {
    field.resolve();
    var type = field.resolvedType instanceof Enum ? 'int32' : field.type;
    steps[field.id] = { field: field, name: field.name, type: type, isBasic: types.basic[type] !== undefined, isPacked: types.packed[type] !== undefined };
  });
  var required = mtype.fieldsArray.filter(function (field) {
    return field.required;
  });
  return function (scope) {
    var Reader = scope.Reader;
    return function decode(reader, length, error) {
      if (!(reader instanceof Reader)) reader = Reader.create(reader);
      var end = length === undefined ? reader.len : reader.pos + length;
      var message = new this.ctor();
      while (reader.pos < end) {
        var tag = reader.uint32();
        if (tag === error) break;
        var step = steps[tag >>> 3];
        if (step) read(step, message, reader, tag);
        else reader.skipType(tag & 7);
      }
      required.forEach(function (field) {
        if (!message.hasOwnProperty(field.name)) throw util.ProtocolError("missing required '" + field.name + "'", { instance: message });
      });
      return message;
    };
  };
};

function value(step, reader, tag) {
  if (step.isBasic) return reader[step.type]();
  if (step.field.delimited) return step.field.resolvedType.decode(reader, undefined, (tag & ~7) | 4);
  return step.field.resolvedType.decode(reader, reader.uint32());
}

function read(step, message, reader, tag) {
  if (step.field.map) {
    entry(step, message, reader);
  } else if (step.field.repeated) {
    if (!(message[step.name] && message[step.name].length)) message[step.name] = [];
    var list = message[step.name];
    if (step.isPacked && (tag & 7) === 2) {
      var end = reader.uint32() + reader.pos;
      while (reader.pos < end) list.push(reader[step.type]());
    } else {
      list.push(value(step, reader, tag));
    }
  } else {
    message[step.name] = value(step, reader, tag);
  }
}

function entry(step, message, reader) {
  if (message[step.name] === util.emptyObject) message[step.name] = {};
  var end = reader.uint32() + reader.pos;
  var keyType = step.field.keyType;
  var key = types.defaults[keyType] !== undefined ? types.defaults[keyType] : null;
  var found = types.defaults[step.type] !== undefined ? types.defaults[step.type] : null;
  while (reader.pos < end) {
    var tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader[keyType]();
    else if (tag >>> 3 === 2) found = step.isBasic ? reader[step.type]() : step.field.resolvedType.decode(reader, reader.uint32());
    else reader.skipType(tag & 7);
  }
  message[step.name][types.long[keyType] !== undefined && typeof key === 'object' ? util.longToHash(key) : key] = found;
}
