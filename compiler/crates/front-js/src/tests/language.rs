//! What the interesting constructs lower to.

use super::lowered;
use expect_test::{Expect, expect};
use puremix_ir::ScriptLang;
use puremix_ir::print::print_module;

fn check_lower(source: &str, expected: Expect) {
    expected.assert_eq(&print_module(&lowered(source, ScriptLang::Js)));
}

fn check_typescript(source: &str, expected: Expect) {
    expected.assert_eq(&print_module(&lowered(source, ScriptLang::Ts)));
}

#[test]
fn captured_variables_live_in_cells_only_if_they_change() {
    check_lower("function counter(step) { let n = 0; const by = step; return () => (n += by); }", expect![[r#"
        module test.js (js)
        global counter@0 = fn1

        init fn0 "" () {
          (counter@0 = closure fn1)
        }

        function fn1 "counter" (step%0) in fn0 {
          let n%1 cell = 0
          let by%2 = step%0
          return closure fn2
        }

        arrow fn2 "" () in fn1 {
          return (n%1 += by%2)
        }
    "#]]);
}

#[test]
fn hoisted_functions_are_made_before_their_first_use() {
    check_lower("function outer(a) { const x = a * 2; return twice(); function twice() { return helper() + x; } function helper() { return x; } }", expect![[r#"
        module test.js (js)
        global outer@0 = fn1

        init fn0 "" () {
          (outer@0 = closure fn1)
        }

        function fn1 "outer" (a%0) in fn0 {
          let x%1 = (a%0 * 2)
          let helper%3 = closure fn2
          let twice%2 = closure fn3
          return twice%2()
        }

        function fn2 "helper" () in fn1 {
          return x%1
        }

        function fn3 "twice" () in fn1 {
          return (helper%3() + x%1)
        }
    "#]]);
}

#[test]
fn mutual_recursion_needs_a_cell() {
    check_lower("function run(k) { function even(n) { return n === 0 || odd(n - 1); } function odd(n) { return n !== 0 && even(n - 1); } return even(k); }", expect![[r#"
        module test.js (js)
        global run@0 = fn1

        init fn0 "" () {
          (run@0 = closure fn1)
        }

        function fn1 "run" (k%0) in fn0 {
          let even%1 = closure fn2
          let odd%2 cell checked = closure fn3
          return even%1(k%0)
        }

        function fn2 "even" (n%3) in fn1 {
          return ((n%3 === 0) || odd%2((n%3 - 1)))
        }

        function fn3 "odd" (n%4) in fn1 {
          return ((n%4 !== 0) && even%1((n%4 - 1)))
        }
    "#]]);
}

#[test]
fn reads_before_the_declaration_are_checked() {
    check_lower("function f() { use(x); let x = 1; const g = () => y; let y = 2; z; const z = 1, w = z; return w; }", expect![[r#"
        module test.js (js)
        global f@0 = fn1

        init fn0 "" () {
          (f@0 = closure fn1)
        }

        function fn1 "f" () in fn0 {
          use(x%0)
          let x%0 checked = 1
          let g%1 = closure fn2
          let y%2 cell checked = 2
          z%3
          let z%3 checked = 1
          let w%4 = z%3
          return w%4
        }

        arrow fn2 "g" () in fn1 {
          return y%2
        }
    "#]]);
}

#[test]
fn module_constants_are_checked_only_where_something_runs_early() {
    check_lower(
        "const early = read(); const LATE = 1; const FINE = 2; function read() { return LATE; } export function safe() { return FINE; } export const alsoSafe = () => FINE; class Shape { area() { return FINE + Shape.unit; } static unit = 1; }",
        expect![[r#"
            module test.js (js)
            global early@0 const
            global LATE@1 const checked
            global FINE@2 const
            global read@3 = fn2
            global safe@4 = fn1
            global alsoSafe@5 const = fn3
            global Shape@6
            export safe = safe@4
            export alsoSafe = alsoSafe@5

            init fn0 "" () {
              (safe@4 = closure fn1)
              (read@3 = closure fn2)
              (early@0 = read@3())
              (LATE@1 = 1)
              (FINE@2 = 2)
              (alsoSafe@5 = closure fn3)
              (Shape@6 = class "Shape" {
                constructor fn4
                method area = fn5
                static field unit = fn6
              })
            }

            function fn1 "safe" () in fn0 {
              return FINE@2
            }

            function fn2 "read" () in fn0 {
              return LATE@1
            }

            arrow fn3 "alsoSafe" () in fn0 {
              return FINE@2
            }

            constructor fn4 "Shape" () in fn0 {}

            method fn5 "area" () in fn0 {
              return (FINE@2 + Shape@6.unit)
            }

            method fn6 "" () in fn0 {
              return 1
            }
        "#]],
    );
}

#[test]
fn loops_get_fresh_bindings_where_closures_hold_them() {
    check_lower("const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); for (let j = 0; j < 3; j++) fs.push(j);", expect![[r#"
        module test.js (js)
        global fs@0 const

        init fn0 "" () {
          (fs@0 = [])
          {
            let i%0 cell = 0
            loop '0 while (i%0 < 3) update (post update i%0 by 1) fresh i%0 {
              fs@0.push(closure fn1)
            }
          }
          {
            let j%1 = 0
            loop '1 while (j%1 < 3) update (post update j%1 by 1) {
              fs@0.push(j%1)
            }
          }
        }

        arrow fn1 "" () in fn0 {
          return i%0
        }
    "#]]);
}

#[test]
fn destructuring_follows_the_protocols() {
    check_lower("function f({ a, b: { c = 1 } = {}, ['k' + a]: d, 0: e, ...rest }, [x, , y = 2, ...zs]) { let p, q; [p, q] = [q, p]; [p, q] = a; ({ p, q: rest.q = 3 } = d); return [c, e, x, y, zs, p]; }", expect![[r#"
        module test.js (js)
        global f@0 = fn1

        init fn0 "" () {
          (f@0 = closure fn1)
        }

        function fn1 "f" (.param%10, .param%16) in fn0 {
          let .source%11 = rt.destructure(.param%10, "a")
          let a%0 = .source%11.a
          let .value%12 = .source%11.b
          let .source%13 = ((.value%12 === undefined) ? {} : .value%12)
          let .value%14 = .source%13.c
          let c%1 = ((.value%14 === undefined) ? 1 : .value%14)
          let .key%15 = rt.to_key(("k" + a%0))
          let d%2 = .source%11[.key%15]
          let e%3 = .source%11[0]
          let rest%4 = rt.object_rest(.source%11, "a", "b", .key%15, "0")
          let iterator%17 = rt.iter_open(.param%16)
          let x%5 = rt.iter_next(iterator%17)
          rt.iter_next(iterator%17)
          let .value%18 = rt.iter_next(iterator%17)
          let y%6 = ((.value%18 === undefined) ? 2 : .value%18)
          let zs%7 = rt.iter_rest(iterator%17)
          let p%8 = undefined
          let q%9 = undefined
          {
            let value%19 = q%9
            let value%20 = p%8
            (p%8 = value%19)
            (q%9 = value%20)
          }
          {
            let .value%21 = a%0
            let iterator%22 = rt.iter_open(.value%21)
            (p%8 = rt.iter_next(iterator%22))
            (q%9 = rt.iter_next(iterator%22))
            rt.iter_close(iterator%22)
          }
          {
            let .source%23 = rt.destructure(d%2, "p")
            (p%8 = .source%23.p)
            let .value%24 = .source%23.q
            (rest%4.q = ((.value%24 === undefined) ? 3 : .value%24))
          }
          return [c%1, e%3, x%5, y%6, zs%7, p%8]
        }
    "#]]);
}

#[test]
fn optional_chains_end_where_they_must() {
    check_lower("const a = {}, f = null; a?.b.c; a.b?.(1).c; a?.[f]?.x; delete a?.b; f?.(); (a?.b)(); a?.b(1);", expect![[r#"
        module test.js (js)
        global a@0 const
        global f@1 const

        init fn0 "" () {
          (a@0 = {})
          (f@1 = null)
          chain(a@0?.b.c)
          chain(do {
            let .receiver%0 = a@0
            => .receiver%0.b?.with(this .receiver%0)(1)
          }.c)
          chain(a@0?[f@1]?.x)
          (chain((delete a@0?.b)) ?? true)
          chain(f@1?())
          do {
            let .receiver%1 = chain(a@0)
            => chain(.receiver%1?.b).with(this .receiver%1)()
          }
          chain(a@0?.b(1))
        }
    "#]]);
}

#[test]
fn classes_define_what_instances_get_in_the_constructor() {
    check_lower(
        "class Account extends Base { static #made = 0; #balance = 0; owner; log = () => this.#balance; static { Account.ready = true; } constructor(owner) { super(owner); this.owner = owner; Account.#made++; } #check() { return super.check(); } get balance() { return this.#balance; } static of(o) { return new this(o); } } class Base { tag = 1; }",
        expect![[r##"
            module test.js (js)
            global Account@0
            global Base@1 checked
            global module@2
            global exports@3
            global default@4 assigned
            export default = default@4
            export module.exports = default@4

            init fn0 "" () {
              (module@2 = {exports: {}})
              (exports@3 = module@2.exports)
              (default@4 = module@2.exports)
              (Account@0 = class "Account" {
                binding Account%6
                home_proto home%5
                private #made #made%0
                private #balance #balance%1
                private #check of Account #check%2
                extends Base@1
                constructor fn1
                static field private #made%0 = fn4
                static block fn5
                get balance = fn6
                static method of = fn7
              })
              (Base@1 = class "Base" {
                constructor fn8
              })
              (default@4 = module@2.exports)
            }

            derived constructor fn1 "Account" (owner%3) in fn0 {
              let this%4 cell checked
              do {
                (this%4 = super(callee callee, target new.target)(owner%3))
                rt.define_private_method(this%4, #check%2, closure fn2)
                rt.define_private(this%4, #balance%1, 0)
                rt.define_field(this%4, "owner", undefined)
                rt.define_field(this%4, "log", closure fn3)
                => this%4
              }
              (this%4.owner = owner%3)
              (post update Account@0.private #made%0 by 1)
              return this%4
            }

            method fn2 "#check" () in fn1 {
              return super(this this, home home%5)["check"].with(this this)()
            }

            arrow fn3 "log" () in fn1 {
              return this%4.private #balance%1
            }

            method fn4 "" () in fn0 {
              return 0
            }

            method fn5 "" () in fn0 {
              (Account%6.ready = true)
            }

            method fn6 "get balance" () in fn0 {
              return this.private #balance%1
            }

            method fn7 "of" (o%7) in fn0 {
              return new this(o%7)
            }

            constructor fn8 "Base" () in fn0 {
              rt.define_field(this, "tag", 1)
            }
        "##]],
    );
}

#[test]
fn generators_async_and_this() {
    check_lower("async function* f(xs) { for await (const x of xs) { const self = () => this.k + arguments.length + new.target; yield await self(x); } return yield* xs; }", expect![[r#"
        module test.js (js)
        global f@0 = fn1
        global module@1
        global exports@2
        global default@3 assigned
        export default = default@3
        export module.exports = default@3

        init fn0 "" () {
          (module@1 = {exports: {}})
          (exports@2 = module@1.exports)
          (default@3 = module@1.exports)
          (f@0 = closure fn1)
          (default@3 = module@1.exports)
        }

        async generator function fn1 "f" (xs%0) in fn0 {
          let this%3 = this
          let arguments%4 = arguments
          let new.target%5 = new.target
          for await '0 x%1 of xs%0 {
            let self%2 = closure fn2
            yield await self%2(x%1)
          }
          return yield* xs%0
        }

        arrow fn2 "self" () in fn1 {
          return ((this%3.k + arguments%4.length) + new.target%5)
        }
    "#]]);
}

#[test]
fn switches_are_one_scope() {
    check_lower("function f(k) { switch (k) { case 1: let x = 1; break; case 2: x = 2; return x; default: const y = k; return y; } }", expect![[r#"
        module test.js (js)
        global f@0 = fn1

        init fn0 "" () {
          (f@0 = closure fn1)
        }

        function fn1 "f" (k%0) in fn0 {
          {
            let x%1 checked
            switch '0 k%0 {
              case 1 {
                (x%1 = 1)
                break '0
              }
              case 2 {
                (x%1 = do {
                  let .value%3 = 2
                  x%1
                  => .value%3
                })
                return x%1
              }
              default {
                let y%2 = k%0
                return y%2
              }
            }
          }
        }
    "#]]);
}

#[test]
fn tagged_templates_make_their_strings_once() {
    check_lower("const t = (s, v) => s.raw[0] + v; t`a\\n${1}b`;", expect![[r#"
        module test.js (js)
        global t@0 const = fn1
        global template@1 assigned

        init fn0 "" () {
          (t@0 = closure fn1)
          t@0((template@1 ??= rt.template_object(["a\n", "b"], ["a\\n", "b"])), 1)
        }

        arrow fn1 "t" (s%0, v%1) in fn0 {
          return (s%0.raw[0] + v%1)
        }
    "#]]);
}

#[test]
fn modules_keep_live_bindings() {
    check_lower(
        "import d, { a as b, default as e } from './x.js'; import * as ns from './x.js'; export { b as c, n }; export * from './y.js'; export * as all from './z.js'; export default function () { return d + e + ns.q + n; } let n = 0; n++; const lazy = () => import('./lazy.js');",
        expect![[r#"
            module test.js (js)
            request 0 "./x.js" static -> ?
            request 1 "./y.js" static -> ?
            request 2 "./z.js" static -> ?
            request 3 "./lazy.js" dynamic -> ?
            import d#0 = default of 0 -> ?
            import b#1 = a of 0 -> ?
            import ns#2 = * of 0 -> ?
            import all#3 = * of 2 -> ?
            import ./lazy.js#4 = * of 3 -> ?
            global n@0 assigned
            global lazy@1 const = fn2
            global default@2 const = fn1
            export c = b#1
            export n = n@0
            export * of 1
            export all = all#3
            export default = default@2

            init fn0 "" () {
              (default@2 = closure fn1)
              (n@0 = 0)
              (post update n@0 by 1)
              (lazy@1 = closure fn2)
            }

            function fn1 "default" () in fn0 {
              return (((d#0 + d#0) + ns#2.q) + n@0)
            }

            arrow fn2 "lazy" () in fn0 {
              return import(./lazy.js#4)
            }
        "#]],
    );
}

#[test]
fn common_js_becomes_a_default_export() {
    check_lower("const fs = require('fs'); exports.read = (p) => fs.readFileSync(p); module.exports.name = __dirname;", expect![[r#"
        module test.js (js)
        request 0 "fs" require -> ?
        import fs#0 = * of 0 -> ?
        global fs@0 const
        global module@1
        global exports@2
        global default@3 assigned
        export default = default@3
        export module.exports = default@3

        init fn0 "" () {
          (module@1 = {exports: {}})
          (exports@2 = module@1.exports)
          (default@3 = module@1.exports)
          (fs@0 = fs#0)
          (exports@2.read = closure fn1)
          (module@1.exports.name = rt.import_meta_dirname("test.js"))
          (default@3 = module@1.exports)
        }

        arrow fn1 "" (p%0) in fn0 {
          return fs@0.readFileSync(p%0)
        }
    "#]]);
}

#[test]
fn types_are_erased_and_enums_are_objects() {
    check_typescript(
        "import { Type } from './t'; import { value } from './v'; enum E { A, B = 4, C, S = 'x', D = A | B } class P { constructor(public name: string, private n?: Type) {} } export const p: P = new P(value as string)!; namespace N { export const k = 1; export const f = () => k; }",
        expect![[r#"
            module test.js (js)
            request 0 "./v" static -> ?
            import value#0 = value of 0 -> ?
            global E@0
            global P@1
            global p@2 const
            global N@3
            export p = p@2

            init fn0 "" () {
              let enum%0 = {}
              (E@0 = enum%0)
              (enum%0[(enum%0["A"] = 0)] = "A")
              (enum%0[(enum%0["B"] = 4)] = "B")
              (enum%0[(enum%0["C"] = 5)] = "C")
              (enum%0["S"] = "x")
              (enum%0[(enum%0["D"] = 4)] = "D")
              (P@1 = class "P" {
                constructor fn1
              })
              (p@2 = new P@1(value#0))
              let N%3 = {}
              (N@3 = N%3)
              {
                (N%3.k = 1)
                (N%3.f = closure fn2)
              }
            }

            constructor fn1 "P" (name%1, n%2) in fn0 {
              (this.name = name%1)
              (this.n = n%2)
            }

            arrow fn2 "f" () in fn0 {
              return N%3.k
            }
        "#]],
    );
}

#[test]
fn plain_vars_are_variables_of_their_function() {
    check_lower("function f() { var a = 1; use(b); var b = 2; if (a) { var c = 3; } return () => a + c; }", expect![[r#"
        module test.js (js)
        global f@0 = fn1

        init fn0 "" () {
          (f@0 = closure fn1)
        }

        function fn1 "f" () in fn0 {
          let b%1 = undefined
          let c%2 cell = undefined
          let a%0 = 1
          use(b%1)
          (b%1 = 2)
          if a%0 {
            (c%2 = 3)
          }
          return closure fn2
        }

        arrow fn2 "" () in fn1 {
          return (a%0 + c%2)
        }
    "#]]);
}
