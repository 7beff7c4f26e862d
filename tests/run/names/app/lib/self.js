// Names that mean something in Rust, in its prelude, or in generated code.
export const Some = 1, None = 2, Ok = 3, Err = 4, Vec = 5, Box = 6, String_ = 7, Option = 8;
export let crate = 10, self = 20, Self = 30, rt = 40, cx = 50, dyn = 60, match = 70, loop = 80, impl = 90, fn = 100;
export const größe = 1.5, 名 = '名前', $ = '$', _ = '_', __proto = 3, aB = 1, a_b = 2, a$b = 3, AB = 4;
export const aVeryLongNameThatNobodyWouldWriteByHandButAGeneratorMightAndThatRustMustStillTakeWithoutAComplaint = 'long';
export const aVeryLongNameThatNobodyWouldWriteByHandButAGeneratorMightAndThatRustMustStillTakeWithoutAComplaint2 = 'longer';

export function unsafe(mut, ref, as) {
  const where = mut + ref, type = as, struct = [where, type];
  return struct.map((move) => move * 2).join();
}
export class Result {
  static box = 'box';
  #priv = 1;
  constructor(pub) { this.extern = pub; }
  get use() { return this.#priv; }
  trait(mod = 1) { return this.extern + mod; }
}
export function sum() {
  let a = 0, out = 1, scope = 2, args = 3, callee = 4, t1 = 5, f1 = 6, v = 7, key = 8, std = 9, core = 10, i32 = 11, f64 = 12, str = 13, bool = 14, u8 = 15;
  const add = (object, proto) => { a += object + proto; return a; };
  add(out, scope); add(args, callee); add(t1, f1); add(v, key); add(std, core); add(i32, f64); add(str, bool); add(u8, 0);
  return a;
}
export default function main() { return [Some + None, Ok + Err, crate + self + Self + rt + cx, größe, 名, $ + _, aB + a_b + a$b + AB].join(' '); }
