'use strict';
// Stands for protobufjs/src/encoder.js: the function it would write as text, as one that walks the fields.

var Enum = require('./enum');
var types = require('./types');
var util = require('./util');

module.exports = function encoder(mtype) {
  var fields = mtype.fieldsArray.slice().sort(util.compareFieldsById);
  var steps = fields.map(function (field) {
    field.resolve();
    var type = field.resolvedType instanceof Enum ? 'int32' : field.type;
    return { field: field, name: field.name, id: field.id, type: type, wire: types.basic[type], isPacked: field.packed && types.packed[type] !== undefined };
  });
  return function (scope) {
    var Writer = scope.Writer;
    return function encode(message, writer) {
      if (!writer) writer = Writer.create();
      for (var i = 0; i < steps.length; i++) write(steps[i], message, writer);
      return writer;
    };
  };
};

function write(step, message, writer) {
  var field = step.field;
  var value = message[step.name];
  if (field.map) {
    if (value != null && Object.hasOwnProperty.call(message, step.name)) entries(step, value, writer);
  } else if (field.repeated) {
    if (value == null || !value.length) return;
    if (step.isPacked) {
      writer.uint32(((step.id << 3) | 2) >>> 0).fork();
      for (var i = 0; i < value.length; i++) writer[step.type](value[i]);
      writer.ldelim();
    } else {
      for (var j = 0; j < value.length; j++) one(step, value[j], writer);
    }
  } else if (!field.optional || (value != null && Object.hasOwnProperty.call(message, step.name))) {
    one(step, value, writer);
  }
}

function one(step, value, writer) {
  if (step.wire !== undefined) {
    writer.uint32(((step.id << 3) | step.wire) >>> 0)[step.type](value);
  } else if (step.field.delimited) {
    step.field.resolvedType.encode(value, writer.uint32(((step.id << 3) | 3) >>> 0)).uint32(((step.id << 3) | 4) >>> 0);
  } else {
    step.field.resolvedType.encode(value, writer.uint32(((step.id << 3) | 2) >>> 0).fork()).ldelim();
  }
}

function entries(step, map, writer) {
  var keyType = step.field.keyType;
  Object.keys(map).forEach(function (key) {
    writer.uint32(((step.id << 3) | 2) >>> 0).fork().uint32(8 | types.mapKey[keyType])[keyType](key);
    if (step.wire === undefined) step.field.resolvedType.encode(map[key], writer.uint32(18).fork()).ldelim().ldelim();
    else writer.uint32(16 | step.wire)[step.type](map[key]).ldelim();
  });
}
