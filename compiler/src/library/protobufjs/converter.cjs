'use strict';
// Stands for protobufjs/src/converter.js: the functions it would write as text, as ones that walk the fields.

var Enum = require('./enum');
var util = require('./util');

function resolved(field) {
  return field.resolve();
}

exports.fromObject = function fromObject(mtype) {
  var fields = mtype.fieldsArray.map(resolved);
  return function () {
    return function fromObject(object) {
      if (object instanceof this.ctor) return object;
      var message = new this.ctor();
      fields.forEach(function (field) {
        take(field, object, message);
      });
      return message;
    };
  };
};

function take(field, object, message) {
  var given = object[field.name];
  if (field.map) {
    if (!given) return;
    if (typeof given !== 'object') throw TypeError(field.fullName + ': object expected');
    var map = (message[field.name] = {});
    Object.keys(given).forEach(function (key) {
      convert(field, given[key], map, key);
    });
  } else if (field.repeated) {
    if (!given) return;
    if (!Array.isArray(given)) throw TypeError(field.fullName + ': array expected');
    var list = (message[field.name] = []);
    for (var i = 0; i < given.length; i++) convert(field, given[i], list, i);
  } else if (field.resolvedType instanceof Enum || given != null) {
    convert(field, given, message, field.name);
  }
}

function convert(field, given, into, key) {
  if (field.resolvedType instanceof Enum) {
    enumValue(field, given, into, key);
  } else if (field.resolvedType) {
    if (typeof given !== 'object') throw TypeError(field.fullName + ': object expected');
    into[key] = field.resolvedType.fromObject(given);
  } else {
    switch (field.type) {
      case 'double': case 'float':
        into[key] = Number(given);
        break;
      case 'uint32': case 'fixed32':
        into[key] = given >>> 0;
        break;
      case 'int32': case 'sint32': case 'sfixed32':
        into[key] = given | 0;
        break;
      case 'uint64': case 'int64': case 'sint64': case 'fixed64': case 'sfixed64':
        long(field, given, into, key);
        break;
      case 'bytes':
        if (typeof given === 'string') util.base64.decode(given, (into[key] = util.newBuffer(util.base64.length(given))), 0);
        else if (given.length >= 0) into[key] = given;
        break;
      case 'string':
        into[key] = String(given);
        break;
      case 'bool':
        into[key] = Boolean(given);
        break;
    }
  }
}

// A name or a number of the enumeration; other numbers pass, and in lists what is unknown is the default.
function enumValue(field, given, into, key) {
  var values = field.resolvedType.values;
  var names = Object.keys(values);
  for (var i = 0; i < names.length; i++) {
    if (given === names[i] || given === values[names[i]]) {
      into[key] = values[names[i]];
      return;
    }
  }
  var hasDefault = names.some(function (name) {
    return values[name] === field.typeDefault;
  });
  if (!hasDefault) return;
  if (typeof given === 'number') into[key] = given;
  else if (field.repeated) into[key] = field.typeDefault;
}

function long(field, given, into, key) {
  var isUnsigned = field.type === 'uint64';
  if (util.Long) (into[key] = util.Long.fromValue(given)).unsigned = isUnsigned;
  else if (typeof given === 'string') into[key] = parseInt(given, 10);
  else if (typeof given === 'number') into[key] = given;
  else if (typeof given === 'object') into[key] = new util.LongBits(given.low >>> 0, given.high >>> 0).toNumber(isUnsigned);
}

exports.toObject = function toObject(mtype) {
  var fields = mtype.fieldsArray.slice().sort(util.compareFieldsById).map(resolved);
  var alone = fields.filter(function (field) {
    return !field.partOf;
  });
  return function () {
    return function toObject(message, options) {
      var o = options || {};
      var object = {};
      alone.forEach(function (field) {
        if (field.repeated && (o.arrays || o.defaults)) object[field.name] = [];
      });
      alone.forEach(function (field) {
        if (field.map && (o.objects || o.defaults)) object[field.name] = {};
      });
      if (o.defaults) {
        alone.forEach(function (field) {
          if (!field.repeated && !field.map) object[field.name] = defaultOf(field, o);
        });
      }
      fields.forEach(function (field) {
        give(field, message, object, o);
      });
      return object;
    };
  };
};

function give(field, message, object, o) {
  var value = message[field.name];
  if (field.map) {
    var keys = value ? Object.keys(value) : [];
    if (!keys.length) return;
    object[field.name] = {};
    keys.forEach(function (key) {
      object[field.name][key] = plain(field, value[key], o);
    });
  } else if (field.repeated) {
    if (!value || !value.length) return;
    object[field.name] = [];
    for (var i = 0; i < value.length; i++) object[field.name][i] = plain(field, value[i], o);
  } else if (value != null && message.hasOwnProperty(field.name)) {
    object[field.name] = plain(field, value, o);
    if (field.partOf && o.oneofs) object[field.partOf.name] = field.name;
  }
}

function plain(field, value, o) {
  var of = field.resolvedType;
  if (of instanceof Enum) return o.enums === String && of.valuesById[value] !== undefined ? of.valuesById[value] : value;
  if (of) return of.toObject(value, o);
  switch (field.type) {
    case 'double': case 'float':
      return o.json && !isFinite(value) ? String(value) : value;
    case 'uint64': case 'int64': case 'sint64': case 'fixed64': case 'sfixed64':
      if (typeof value === 'number') return o.longs === String ? String(value) : value;
      if (o.longs === String) return util.Long.prototype.toString.call(value);
      return o.longs === Number ? new util.LongBits(value.low >>> 0, value.high >>> 0).toNumber(field.type === 'uint64') : value;
    case 'bytes':
      if (o.bytes === String) return util.base64.encode(value, 0, value.length);
      return o.bytes === Array ? Array.prototype.slice.call(value) : value;
    default:
      return value;
  }
}

function defaultOf(field, o) {
  if (field.resolvedType instanceof Enum) return o.enums === String ? field.resolvedType.valuesById[field.typeDefault] : field.typeDefault;
  if (field.long) {
    var given = field.typeDefault;
    if (!util.Long) return o.longs === String ? given.toString() : given.toNumber();
    var n = new util.Long(given.low, given.high, given.unsigned);
    return o.longs === String ? n.toString() : o.longs === Number ? n.toNumber() : n;
  }
  if (field.bytes) {
    var bytes = Array.prototype.slice.call(field.typeDefault);
    if (o.bytes === String) return String.fromCharCode.apply(String, bytes);
    return o.bytes === Array ? bytes : util.newBuffer(bytes);
  }
  return field.typeDefault;
}
