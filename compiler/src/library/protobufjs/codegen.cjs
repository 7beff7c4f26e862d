'use strict';
// Stands for `@protobufjs/codegen`, which writes functions as text. The text is not compiled: the two kinds of functions that are still
// asked for (see encoder, decoder, verifier and converter) are known by their lines.

module.exports = codegen;

function codegen(params, name) {
  if (typeof params === 'string') {
    name = params;
    params = undefined;
  }
  const lines = [];
  function add(line, ...values) {
    if (typeof line === 'string') {
      lines.push([line, values]);
      return add;
    }
    const made = constructorOf(lines) ?? callOf(lines, line);
    if (!made) throw new Error(`protobufjs asks for a function that puremixc does not know: ${name ?? 'anonymous'}`);
    Object.defineProperty(made, 'name', { value: name || '', configurable: true });
    return made;
  }
  return add;
}
codegen.verbose = false;

const COPY = ['if(p)for(var ks=Object.keys(p),i=0;i<ks.length;++i)if(p[ks[i]]!=null)', 'this[ks[i]]=p[ks[i]]'];

// `.name` or `["name"]`.
const property = (path) => (path.startsWith('.') ? path.slice(1) : JSON.parse(path.slice(1, -1)));

// A message's constructor: fresh lists and maps, then the given properties.
function constructorOf(lines) {
  const head = lines.slice(0, -2);
  const tail = lines.slice(-2).map(([line]) => line.replace(/\s/g, ''));
  if (tail.length < 2 || tail.some((line, i) => line !== COPY[i].replace(/\s/g, ''))) return undefined;
  if (!head.every(([line]) => line === 'this%s={}' || line === 'this%s=[]')) return undefined;
  const fresh = head.map(([line, [path]]) => [property(path), line.endsWith('[]')]);
  return function (properties) {
    for (const [name, isList] of fresh) this[name] = isList ? [] : {};
    if (properties) {
      for (const key of Object.keys(properties)) {
        if (properties[key] != null) this[key] = properties[key];
      }
    }
  };
}

// A method of a service.
function callOf(lines, scope) {
  if (lines.length !== 1 || lines[0][0] !== 'return this.rpcCall(m,q,s,r,c)') return undefined;
  return function (request, callback) {
    return this.rpcCall(scope.m, scope.q, scope.s, request, callback);
  };
}
