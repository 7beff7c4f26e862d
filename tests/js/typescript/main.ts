import type { Shape } from './shapes.ts';
import { area, Kind, type Named } from './shapes.ts';
enum Color { Red, Green = 5, Blue, Mixed = Green | 2, Len = 'abc'.length }
enum Dir { Up = 'UP', Down = 'DOWN' }
const enum Flag { A = 1 << 0, B = 1 << 1, AB = A | B }
abstract class Animal<T extends string = string> implements Named {
  static made = 0; declare ghost: number; private secret!: string;
  constructor(public readonly name: T, protected age: number = 3, private _x?: number) { Animal.made++; }
  abstract speak(): string;
  get info(): string { return `${this.name}:${this.age}:${this._x ?? 'none'}`; }
}
class Dog extends Animal<'Rex' | 'Fido'> { override speak(this: Dog): string { return `${this.name} woof`; } birthday(): this { this.age++; return this; } }
function over(a: number): number; function over(a: string): string; function over(a: any): any { return typeof a === 'number' ? a + 1 : a + '!'; }
const id = <T,>(x: T): T => x; function assertIs(v: unknown): asserts v is string { if (typeof v !== 'string') throw new TypeError('not a string'); }
namespace Util { export const PI2 = 6.28; export function twice(n: number) { return n * 2 * (PI2 > 6 ? 1 : 0); } export namespace Deep { export const v = 'deep'; } }
type Tree<T> = { value: T; kids?: Tree<T>[] }; const sum = (t: Tree<number>): number => t.value + (t.kids ?? []).reduce((s, k) => s + sum(k), 0);
const cfg = { mode: 'dark', n: 1 } as const satisfies Record<string, unknown>; let v: string | undefined = 'x'; const len = v!.length + (<any>v).length;
const tuple: [a: number, b?: string, ...rest: boolean[]] = [1, 's', true]; const guard = (s: Shape): s is Extract<Shape, { kind: Kind.Circle }> => s.kind === Kind.Circle;
console.log(Color.Red, Color.Blue, Color[5], Color.Mixed, Color.Len, Dir.Up, Object.keys(Dir), Object.keys(Color), Flag.AB);
const d = new Dog('Rex', 4); console.log(d.speak(), d.birthday().info, Animal.made, 'ghost' in d, Object.keys(d), over(1), over('a'), id<number>(5), Util.twice(2), Util.Deep.v, sum({ value: 1, kids: [{ value: 2 }, { value: 3 }] }), cfg.mode, len, tuple, area({ kind: Kind.Circle, r: 2 }).toFixed(2), area({ kind: Kind.Square, s: 3 }), guard({ kind: Kind.Square, s: 1 }));
try { assertIs(5); } catch (e: unknown) { if (e instanceof TypeError) console.log(e.message); }
const opt = (a?: number, { b = 2 }: { b?: number } = {}, ...c: string[]): string => [a, b, c.length].join(); console.log(opt(), opt(1, { b: 3 }, 'x'), ((): void => { })());
class Box<T> { #v: T; constructor(v: T) { this.#v = v; } map<U>(f: (v: T) => U): Box<U> { return new Box(f(this.#v)); } get value(): T { return this.#v; } static of = <V,>(v: V) => new Box<V>(v); [key: string]: unknown; } console.log(Box.of(2).map((x) => x + 1).map(String).value);
declare const missing: string; declare function ext(): void; declare global { interface Window { x: number } } export type { Shape }; export {}; let u: unique symbol | any = Symbol('u'); console.log(typeof u, typeof missing); function isKey<T extends object>(o: T, k: PropertyKey): k is keyof T { return k in o; } console.log(isKey({ a: 1 }, 'a')); for (const [k, w] of Object.entries<number>({ a: 1 })) console.log(k, w as number); let x = (1 as unknown as string) ?? 'n'; console.log(x); export default class { constructor(private q = 1) { } }
