//! The runtime's functions by the names and operators of the IR.

use crate::closure;
use crate::edition;
use crate::image::{ModuleIndex, OperationFn, Read};
use crate::loaded::Loaded;
use crate::machine::read_name;
use puremix_ir::{BinaryOp, Lang, UnaryOp};
use puremix_runtime::__rt as rt;
use puremix_value::{Cx, FnDef, FnKind, R, Str, Value};

/// The function of a `Runtime` node. `verify` admits only names of the table in `docs/ir.md` §4.
pub fn find(name: &str) -> OperationFn {
    match lookup(name) {
        Some(run) => run,
        None => panic!("bug in puremixc: `verify` admits no operation `{name}`"),
    }
}

fn lookup(name: &str) -> Option<OperationFn> {
    let run: OperationFn = match name {
        "define_field" => |cx, a| rt::op_define_field(cx, &a[0], &a[1], &a[2]),
        "define_private" => |cx, a| rt::op_define_private(cx, &a[0], &a[1], &a[2]),
        "define_private_accessor" => |cx, a| rt::op_define_private_accessor(cx, &a[0], &a[1], &a[2], &a[3]),
        "define_private_method" => |cx, a| rt::op_define_private_method(cx, &a[0], &a[1], &a[2]),
        "destructure" => |cx, a| rt::op_destructure(cx, &a[0], &a[1]),
        "import_meta" => |cx, a| rt::op_import_meta(cx, &a[0]),
        "import_meta_dirname" => |cx, a| rt::op_import_meta_dirname(cx, &a[0]),
        "import_meta_filename" => |cx, a| rt::op_import_meta_filename(cx, &a[0]),
        "import_meta_url" => |cx, a| rt::op_import_meta_url(cx, &a[0]),
        "iter_close" => |cx, a| rt::op_iter_close(cx, &a[0]),
        "iter_next" => |cx, a| rt::op_iter_next(cx, &a[0]),
        "iter_open" => |cx, a| rt::op_iter_open(cx, &a[0]),
        "iter_rest" => |cx, a| rt::op_iter_rest(cx, &a[0]),
        "object_rest" => |cx, a| rt::op_object_rest(cx, &a[0], &a[1..]),
        "parsley_and" => |cx, a| rt::parsley_and(cx, &a[0], &a[1]),
        "parsley_at" => |cx, a| rt::parsley_at(cx, &a[0], &a[1]),
        "parsley_basil" => |cx, a| rt::parsley_basil(cx, &a[0], &a[1]),
        "parsley_builtin" => |cx, a| rt::parsley_builtin(cx, &a[0]),
        "parsley_collapse" => |cx, a| rt::parsley_collapse(cx, &a[0]),
        "parsley_database" => |cx, a| rt::parsley_database(cx, &a[0]),
        "parsley_entries" => |cx, a| rt::parsley_entries(cx, &a[0]),
        "parsley_from" => |cx, a| rt::parsley_from(cx, &a[0], &a[1]),
        "parsley_get" => |cx, a| rt::parsley_get(cx, &a[0], &a[1]),
        "parsley_import" => |cx, a| rt::parsley_import(cx, &a[0]),
        "parsley_index" => |cx, a| rt::parsley_index(cx, &a[0], &a[1]),
        "parsley_list" => |cx, a| rt::parsley_list(cx, &a[0]),
        "parsley_method" => |cx, a| rt::parsley_method(cx, &a[0], &a[1], &a[2..]),
        "parsley_or" => |cx, a| rt::parsley_or(cx, &a[0], &a[1]),
        "parsley_push" => |cx, a| rt::parsley_push(cx, &a[0], &a[1]),
        "parsley_query" => |cx, a| rt::parsley_query(cx, &a[0], &a[1], &a[2], &a[3]),
        "parsley_response" => |cx, a| rt::parsley_response(cx, &a[0]),
        "parsley_rest" => |cx, a| rt::parsley_rest(cx, &a[0], &a[1..]),
        "parsley_text" => |cx, a| rt::parsley_text(cx, &a[0]),
        "parsley_unknown" => |cx, a| rt::parsley_unknown(cx, &a[0]),
        "parsley_values" => |cx, a| rt::parsley_values(cx, &a[0]),
        "template_object" => |cx, a| rt::op_template_object(cx, &a[0], &a[1]),
        "throw_const" => |cx, a| rt::op_throw_const(cx, &a[0]),
        "throw_reference" => |cx, a| rt::op_throw_reference(cx, &a[0]),
        "throw_uninitialised" => |cx, a| rt::op_throw_uninitialised(cx, &a[0]),
        "throw_super_twice" => |cx, _| rt::op_throw_super_twice(cx),
        "to_key" => |cx, a| rt::op_to_key(cx, &a[0]),
        _ => return None,
    };
    Some(run)
}

pub fn truthy(lang: Lang, v: &Value) -> bool {
    match lang {
        Lang::Parsley => rt::parsley_truthy(v),
        Lang::Js | Lang::Py => rt::js_truthy(v),
    }
}

/// What a language's operators lack cannot be written in it.
fn no_operator(op: &dyn std::fmt::Debug, lang: Lang) -> ! {
    panic!("bug in puremixc: {lang:?} has no {op:?}")
}

pub fn unary(cx: Cx, op: UnaryOp, lang: Lang, v: &Value) -> R {
    match (op, lang) {
        (UnaryOp::Not, _) => Ok(Value::Bool(!truthy(lang, v))),
        (UnaryOp::Void, _) => Ok(Value::Undefined),
        (UnaryOp::Neg, Lang::Js) => rt::js_neg(cx, v),
        (UnaryOp::Plus, Lang::Js) => rt::js_to_number(cx, v).map(Value::Num),
        (UnaryOp::BitNot, Lang::Js) => rt::js_bitnot(cx, v),
        (UnaryOp::Typeof, Lang::Js) => Ok(rt::js_typeof(v)),
        (UnaryOp::ToStr, Lang::Js) => rt::js_to_string(cx, v).map(Value::Str),
        (UnaryOp::Neg, Lang::Parsley) => rt::parsley_neg(cx, v),
        (UnaryOp::ToStr, Lang::Parsley) => rt::parsley_text(cx, v),
        _ => no_operator(&op, lang),
    }
}

pub fn binary(cx: Cx, op: BinaryOp, lang: Lang, a: &Value, b: &Value) -> R {
    match lang {
        Lang::Js => js_binary(cx, op, a, b),
        Lang::Parsley => parsley_binary(cx, op, a, b),
        Lang::Py => no_operator(&op, lang),
    }
}

fn js_binary(cx: Cx, op: BinaryOp, a: &Value, b: &Value) -> R {
    use BinaryOp::*;
    // Most arithmetic is on numbers.
    if let (Value::Num(x), Value::Num(y)) = (a, b) {
        let (x, y) = (*x, *y);
        match op {
            Add => return Ok(Value::Num(x + y)),
            Sub => return Ok(Value::Num(x - y)),
            Mul => return Ok(Value::Num(x * y)),
            Div => return Ok(Value::Num(x / y)),
            Lt => return Ok(Value::Bool(x < y)),
            Le => return Ok(Value::Bool(x <= y)),
            Gt => return Ok(Value::Bool(x > y)),
            Ge => return Ok(Value::Bool(x >= y)),
            _ => {}
        }
    }
    match op {
        Add => rt::js_add(cx, a, b),
        Sub => rt::js_sub(cx, a, b),
        Mul => rt::js_mul(cx, a, b),
        Div => rt::js_div(cx, a, b),
        Rem => rt::js_rem(cx, a, b),
        Exp => rt::js_exp(cx, a, b),
        BitAnd => rt::js_bitand(cx, a, b),
        BitOr => rt::js_bitor(cx, a, b),
        BitXor => rt::js_bitxor(cx, a, b),
        Shl => rt::js_shl(cx, a, b),
        Shr => rt::js_shr(cx, a, b),
        Ushr => rt::js_ushr(cx, a, b),
        Lt => rt::js_lt(cx, a, b).map(Value::Bool),
        Le => rt::js_le(cx, a, b).map(Value::Bool),
        Gt => rt::js_gt(cx, a, b).map(Value::Bool),
        Ge => rt::js_ge(cx, a, b).map(Value::Bool),
        Eq => rt::js_eq(cx, a, b).map(Value::Bool),
        Ne => rt::js_ne(cx, a, b).map(Value::Bool),
        StrictEq => Ok(Value::Bool(rt::js_strict_eq(a, b))),
        StrictNe => Ok(Value::Bool(rt::js_strict_ne(a, b))),
        In => rt::js_in(cx, a, b).map(Value::Bool),
        InstanceOf => rt::js_instanceof(cx, a, b).map(Value::Bool),
        Merge | Range | Match | NotMatch => no_operator(&op, Lang::Js),
    }
}

fn parsley_binary(cx: Cx, op: BinaryOp, a: &Value, b: &Value) -> R {
    use BinaryOp::*;
    match op {
        Add => rt::parsley_add(cx, a, b),
        Sub => rt::parsley_sub(cx, a, b),
        Mul => rt::parsley_mul(cx, a, b),
        Div => rt::parsley_div(cx, a, b),
        Rem => rt::parsley_rem(cx, a, b),
        Eq => rt::parsley_eq(cx, a, b).map(Value::Bool),
        Ne => rt::parsley_ne(cx, a, b).map(Value::Bool),
        Lt => rt::parsley_lt(cx, a, b).map(Value::Bool),
        Le => rt::parsley_le(cx, a, b).map(Value::Bool),
        Gt => rt::parsley_gt(cx, a, b).map(Value::Bool),
        Ge => rt::parsley_ge(cx, a, b).map(Value::Bool),
        In => rt::parsley_in(cx, a, b).map(Value::Bool),
        Merge => rt::parsley_merge(cx, a, b),
        Range => rt::parsley_range(cx, a, b),
        Exp | BitAnd | BitOr | BitXor | Shl | Shr | Ushr | StrictEq | StrictNe | InstanceOf | Match | NotMatch => no_operator(&op, Lang::Parsley),
    }
}

pub fn index(cx: Cx, lang: Lang, object: &Value, key: &Value) -> R {
    match lang {
        Lang::Parsley => rt::parsley_index(cx, object, key),
        Lang::Js | Lang::Py => rt::index(cx, object, key),
    }
}

/// Text pieces joined.
pub fn concat(cx: Cx, parts: &[Value]) -> R {
    let parts: Vec<Str> = parts.iter().map(rt::as_str).collect();
    rt::str_concat(cx, &parts).map(Value::Str)
}

/// The namespace object of a module: getters, so that bindings are live.
pub fn namespace(cx: Cx, module: ModuleIndex) -> R {
    static GET: FnDef = FnDef::new("", 0, read_export, FnKind::Method);
    let holder = edition::sibling(cx, module)?;
    let image = &Loaded::of(&holder).image;
    let getters = image.exports.iter().enumerate().map(|(index, (name, _))| {
        let environment = vec![holder.clone(), Value::num(index as u32)];
        (*name, rt::ExportRead::Getter(rt::closure(cx, &GET, environment)))
    });
    Ok(rt::namespace_of(cx, image.namespace_slot, getters))
}

fn read_export(cx: Cx, a: &puremix_value::Args<'_>) -> R {
    let Some(index) = a.env(1).as_num() else { return Ok(Value::Undefined) };
    let image = &Loaded::of(a.env(0)).image;
    let (_, read) = &image.exports[index as usize];
    read_name(cx, a.env(0), read)
}

/// The modules that run when a call first asks for this one.
fn asked_for(cx: Cx, module: Option<ModuleIndex>) -> R<Vec<rt::LazyModule<impl Fn(Cx) -> R + use<>>>> {
    let needed = match module {
        Some(module) => Loaded::of(&edition::sibling(cx, module)?).image.lazy.clone(),
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    for module in needed {
        let holder = edition::sibling(cx, module)?;
        let image = &Loaded::of(&holder).image;
        let (Some(slot), Some(init)) = (image.promise_slot, image.entries.init) else { continue };
        rows.push(rt::LazyModule { slot, init: move |cx: Cx| closure::call_plain(cx, &holder, init, &[]) });
    }
    Ok(rows)
}

/// `require(…)`: runs what has not started, in order, then reads the exports.
pub fn require(cx: Cx, holder: &Value, module: ModuleIndex, exports: &Read) -> R {
    let path = Loaded::of(&edition::sibling(cx, module)?).image.path;
    rt::require(cx, &asked_for(cx, Some(module))?, path, |cx| read_name(cx, holder, exports))
}

/// `import(…)`: runs what has not run, in order, then answers the namespace.
pub fn import_dynamic(cx: Cx, holder: &Value, module: Option<ModuleIndex>, read: Read) -> Value {
    let own = holder.clone();
    match asked_for(cx, module) {
        Ok(modules) => rt::import_with(cx, modules, move |cx| read_name(cx, &own, &read)),
        Err(thrown) => rt::promise_of(cx, Err(thrown)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_has_its_function() {
        // These depend on what is around them, and have operations of the machine instead.
        let own = ["raw", "slot_given"];
        for op in puremix_ir::runtime_op::RUNTIME_OPS.iter().filter(|op| !own.contains(&op.name)) {
            assert!(super::lookup(op.name).is_some(), "{}", op.name);
        }
    }
}
