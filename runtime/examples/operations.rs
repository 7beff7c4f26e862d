//! The hot operations by hand: `cargo run --release -p puremix-runtime --example operations [name]`, beside `node examples/operations.js`.

use puremix_runtime::__rt as rt;
use puremix_value::*;
use std::hint::black_box;
use std::time::Instant;

const A: Atom = rt::program_atom(0);
const B: Atom = rt::program_atom(1);
const C: Atom = rt::program_atom(2);
static ABC: ShapeLit = ShapeLit { keys: &[A, B, C], id: 0 };
static X: Lit = Lit::new("x");
static LI: Lit = Lit::new("<li>");
static END: Lit = Lit::new("</li>");

fn time(name: &str, n: u32, f: impl FnOnce() -> R) {
    if std::env::args().nth(1).is_some_and(|wanted| !name.contains(&wanted)) {
        return;
    }
    let t = Instant::now();
    let r = f();
    let ns = t.elapsed().as_nanos() as f64 / f64::from(n);
    println!("{name:28} {ns:8.2} ns");
    drop(black_box(r.ok()));
}

fn main() {
    let cx = Isolate::new(&["a", "b", "c"], 16, 2);
    cx.set_stack_budget(1 << 20);
    puremix_js::start(cx);
    let n = 5_000_000u32;
    let object = || rt::object(cx, &ABC, [Value::Num(1.0), Value::Num(2.0), Value::Num(3.0)]);
    time("object literal", n, || {
        let mut last = Value::Undefined;
        for _ in 0..n {
            last = object();
        }
        Ok(last)
    });
    let o = object();
    time("object spread + 1 property", n, || {
        let mut last = Value::Undefined;
        for _ in 0..n {
            last = rt::spread_object(cx, &o, 1)?;
            rt::define_name(cx, &last, A, Value::Num(1.0), 1)?;
        }
        Ok(last)
    });
    time("property get (warm)", n * 10, || {
        let mut sum = 0.0;
        for _ in 0..n * 10 {
            sum += rt::as_num(&rt::get(cx, black_box(&o), B, 1)?);
        }
        Ok(Value::Num(sum))
    });
    time("property set (warm)", n * 10, || {
        for i in 0..n * 10 {
            rt::set(cx, &o, B, Value::from(i), 2)?;
        }
        Ok(Value::Undefined)
    });
    let a = rt::array(cx, (0..1000).map(Value::from).collect());
    time("array read", n * 10, || {
        let mut sum = 0.0;
        for i in 0..n * 10 {
            sum += rt::as_num(&rt::index_int(cx, black_box(&a), (i % 1000) as i32)?);
        }
        Ok(Value::Num(sum))
    });
    time("array push", n, || {
        let a = rt::array(cx, vec![]);
        for i in 0..n {
            rt::call_method(cx, &a, well_known::PUSH, &[Value::from(i)], 0)?;
        }
        Ok(a)
    });
    time("array for-of", n * 2, || {
        let mut sum = 0.0;
        for _ in 0..n / 500 {
            let mut it = puremix_js::iter(cx, &a)?;
            while let Some(v) = it.next(cx)? {
                sum += rt::as_num(&v);
            }
        }
        Ok(Value::Num(sum))
    });
    time("array map (inlined)", n * 2, || {
        let mut last = Value::Undefined;
        for _ in 0..n / 500 {
            last = rt::arr_map(cx, &a, |x, _| rt::js_add(cx, x, &Value::Num(1.0)), || Value::Undefined)?;
        }
        Ok(last)
    });
    time("s = s + 'x'", n, || {
        let mut s = Value::Str(Str::EMPTY);
        for _ in 0..n {
            s = rt::js_add(cx, &s, &rt::lit(&X))?;
        }
        Ok(s)
    });
    time("s += 'x'", n, || {
        let mut s = Value::Str(Str::EMPTY);
        for _ in 0..n {
            rt::js_add_assign(cx, &mut s, &rt::lit(&X))?;
        }
        Ok(s)
    });
    time("s += `<li>${i}</li>`", n, || {
        let mut s = Value::Str(Str::EMPTY);
        for i in 0..n {
            let item = rt::str_concat(cx, &[Str::lit(&LI), rt::num_to_str(f64::from(i)), Str::lit(&END)])?;
            rt::js_add_assign(cx, &mut s, &Value::Str(item))?;
        }
        Ok(s)
    });
    time("charCodeAt", n * 2, || {
        let s = Value::Str(Str::from("the quick brown fox jumps over the lazy dog".repeat(10)));
        let mut sum = 0.0;
        for i in 0..n * 2 {
            sum += rt::as_num(&rt::call_method(cx, &s, well_known::CHAR_CODE_AT, &[Value::from(i % 400)], 0)?);
        }
        Ok(Value::Num(sum))
    });
    time("obj[key] dynamic", n, || {
        let keys = [Value::str("a"), Value::str("b"), Value::str("c")];
        let mut sum = 0.0;
        for i in 0..n {
            sum += rt::as_num(&rt::index(cx, &o, &keys[(i % 3) as usize])?);
        }
        Ok(Value::Num(sum))
    });
    time("sort 1000 numbers", 1000 * 500, || {
        let mut x = 1u32;
        let b = rt::array(cx, vec![]);
        for _ in 0..500 {
            let values: Vec<Value> = (0..1000).map(|_| { x = x.wrapping_mul(1_103_515_245).wrapping_add(12345); Value::from(x >> 8) }).collect();
            b.as_obj().and_then(|o| o.dense()).map(|s| s.put(values));
            rt::arr_sort(cx, &b, |p, q| Ok(rt::as_num(p) - rt::as_num(q)), || Value::Undefined)?;
        }
        Ok(b)
    });
    time("linked list build + drop", n, || {
        let mut head = Value::Null;
        for i in 0..n {
            head = rt::object(cx, &ABC, [Value::from(i), head, Value::Null]);
        }
        drop(head);
        Ok(Value::Undefined)
    });
}
