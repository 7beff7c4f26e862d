'use strict';
// Stands for protobufjs/src/verifier.js: the function it would write as text, as one that walks the fields.

var Enum = require('./enum');
var util = require('./util');

module.exports = function verifier(mtype) {
  var fields = mtype.fieldsArray.map(function (field) {
    return field.resolve();
  });
  return function () {
    return function verify(message) {
      if (typeof message !== 'object' || message === null) return 'object expected';
      var seen = {};
      for (var i = 0; i < fields.length; i++) {
        var why = check(fields[i], message, seen);
        if (why) return why;
      }
      return null;
    };
  };
};

function invalid(field, expected) {
  var list = field.repeated && expected !== 'array' ? '[]' : '';
  var map = field.map && expected !== 'object' ? '{k:' + field.keyType + '}' : '';
  return field.name + ': ' + expected + list + map + ' expected';
}

function check(field, message, seen) {
  var value = message[field.name];
  if (field.optional && !(value != null && message.hasOwnProperty(field.name))) return null;
  if (field.map) {
    if (!util.isObject(value)) return invalid(field, 'object');
    return first(Object.keys(value), function (key) {
      return checkKey(field, key) || checkValue(field, value[key]);
    });
  }
  if (field.repeated) {
    if (!Array.isArray(value)) return invalid(field, 'array');
    return first(value, function (item) {
      return checkValue(field, item);
    });
  }
  if (field.partOf) {
    if (seen[field.partOf.name]) return field.partOf.name + ': multiple values';
    seen[field.partOf.name] = true;
  }
  return checkValue(field, value);
}

function first(items, check) {
  for (var i = 0; i < items.length; i++) {
    var why = check(items[i]);
    if (why) return why;
  }
  return null;
}

function checkKey(field, key) {
  if (/^(?:u|s)?int32$|^s?fixed32$/.test(field.keyType)) return util.key32Re.test(key) ? null : invalid(field, 'integer key');
  if (/^(?:u|s)?int64$|^s?fixed64$/.test(field.keyType)) return util.key64Re.test(key) ? null : invalid(field, 'integer|Long key');
  if (field.keyType === 'bool') return util.key2Re.test(key) ? null : invalid(field, 'boolean key');
  return null;
}

function checkValue(field, value) {
  if (field.resolvedType instanceof Enum) {
    var isKnown = Object.keys(field.resolvedType.values).some(function (name) {
      return field.resolvedType.values[name] === value;
    });
    return isKnown ? null : invalid(field, 'enum value');
  }
  if (field.resolvedType) {
    var why = field.resolvedType.verify(value);
    return why ? field.name + '.' + why : null;
  }
  switch (field.type) {
    case 'int32': case 'uint32': case 'sint32': case 'fixed32': case 'sfixed32':
      return util.isInteger(value) ? null : invalid(field, 'integer');
    case 'int64': case 'uint64': case 'sint64': case 'fixed64': case 'sfixed64':
      return util.isInteger(value) || (value && util.isInteger(value.low) && util.isInteger(value.high)) ? null : invalid(field, 'integer|Long');
    case 'float': case 'double':
      return typeof value === 'number' ? null : invalid(field, 'number');
    case 'bool':
      return typeof value === 'boolean' ? null : invalid(field, 'boolean');
    case 'string':
      return util.isString(value) ? null : invalid(field, 'string');
    case 'bytes':
      return (value && typeof value.length === 'number') || util.isString(value) ? null : invalid(field, 'buffer');
  }
  return null;
}
