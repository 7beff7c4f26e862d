new Uint8Array([1, 2, 300, -1])
new Uint8ClampedArray([1.5, 300, -5, 2.5])
new Float32Array([1.1])
new Int16Array(3)
new BigInt64Array([1n, -1n])
new Uint8Array(new ArrayBuffer(4), 1, 2).length
new Uint16Array(new ArrayBuffer(3))
new Uint8Array(-1)
Uint8Array([1])
Uint8Array.from('123', x => x * 2)
Uint8Array.of(1, 2)
[...new Uint8Array([5, 6])]
new Uint8Array([3, 1, 2]).sort()
new Uint8Array([1, 2, 3]).map(x => x * 100)
new Uint8Array([1, 2, 3]).filter(x => x > 1)
new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
new Uint8Array([1, 2, 3, 4]).slice(-2)
(a => [a.set([9, 8], 1), a])(new Uint8Array(4))
new Uint8Array([1, 2, 3]).join('-')
new Uint8Array([1, 2]).includes(2)
Object.prototype.toString.call(new Uint8Array())
Uint8Array.BYTES_PER_ELEMENT
new ArrayBuffer(8)
new ArrayBuffer(8).slice(2).byteLength
ArrayBuffer.isView(new Uint8Array())
(d => [d.setInt16(0, -2), d.getUint8(0), d.getInt16(0), d.getInt16(0, true), d.getFloat32(0)])(new DataView(new ArrayBuffer(8)))
new DataView(new ArrayBuffer(2)).getInt32(0)
Object.keys(new Uint8Array(2))
new Uint8Array([1, 2])[5]
new Uint8Array([1, 2]).toString()
Array.from({length: 150}, (v, i) => i).length === new Uint8Array(150).length
new Uint8Array(120)
