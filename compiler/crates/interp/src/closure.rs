//! Function objects of interpreted code, and how they are entered.

use crate::image::{FunctionId, Reg};
use crate::loaded::Loaded;
use crate::machine::{Frame, Page, drive_async, drive_async_generator, drive_generator};
use puremix_runtime::__rt as rt;
use puremix_value::{Args, Cx, FnData, Kind, Obj, R, Value};
use std::rc::Rc;

/// What a closure's environment begins with: the image's object and the function's number. Captured values follow.
const CAPTURES: usize = 2;

/// Makes the function object.
pub fn make(cx: Cx, holder: &Value, id: FunctionId, registers: &[Value], captures: &[Reg]) -> Value {
    let function = Loaded::of(holder).function(id);
    rt::closure(cx, function.def, environment(holder, id, registers, captures))
}

/// The environment of a closure that captures these registers.
pub fn environment(holder: &Value, id: FunctionId, registers: &[Value], captures: &[Reg]) -> Vec<Value> {
    let mut environment = Vec::with_capacity(CAPTURES + captures.len());
    environment.push(holder.clone());
    environment.push(Value::num(id.0));
    environment.extend(captures.iter().map(|r| registers[*r as usize].clone()));
    environment
}

/// The image of an interpreted function.
pub fn image_of(function: &Value) -> Option<Rc<Loaded>> {
    let Kind::Function(data) = function.as_obj()?.kind() else { return None };
    data.env.first().and_then(Loaded::behind).cloned()
}

/// The text of an interpreted function.
pub fn source(function: &FnData) -> Option<String> {
    let (loaded, id) = (Loaded::behind(function.env.first()?)?, function.env.get(1)?.as_num()?);
    let (file, range) = loaded.function(FunctionId(id as u32)).source.clone()?;
    loaded.image.files[file as usize].text.get(range).map(str::to_owned)
}

/// The code of every interpreted function.
pub fn enter(cx: Cx, a: &Args<'_>) -> R {
    rt::check_stack(cx)?;
    let holder = a.env(0);
    let id = FunctionId(a.env(1).as_num().unwrap_or_default() as u32);
    let function = Loaded::of(holder).function(id);
    let mut frame = Frame::new(holder, id);
    for (index, register) in function.captures.iter().enumerate() {
        frame.set(*register, a.env(CAPTURES + index).clone());
    }
    for index in 0..function.params {
        frame.set(index, a.get(index as usize).clone());
    }
    if let Some(rest) = function.rest {
        frame.set(rest, rt::array(cx, a.rest(function.params as usize)));
    }
    if let Some(this) = function.this {
        frame.set(this, a.this.clone());
    }
    if let Some(new_target) = function.new_target {
        frame.set(new_target, a.new_target.clone());
    }
    if let Some(callee) = function.callee {
        frame.set(callee, Value::Obj(a.callee.clone()));
    }
    if let Some(arguments) = function.arguments {
        frame.set(arguments, rt::arguments(cx, a));
    }
    start(cx, frame, a.callee)
}

/// Calls a function that captures nothing, as the server does.
pub fn call_plain(cx: Cx, holder: &Value, id: FunctionId, args: &[Value]) -> R {
    rt::check_stack(cx)?;
    let function = Loaded::of(holder).function(id);
    let mut frame = Frame::new(holder, id);
    for (index, arg) in args.iter().enumerate().take(function.params as usize) {
        frame.set(index as Reg, arg.clone());
    }
    if let Some(rest) = function.rest {
        let more = args.get(function.params as usize..).unwrap_or_default();
        frame.set(rest, rt::array(cx, more.to_vec()));
    }
    let is_special = function.is_generator || function.arguments.is_some() || function.callee.is_some();
    if is_special {
        let callee = make(cx, holder, id, &[], &[]);
        return rt::call(cx, &callee, &Value::Undefined, args);
    }
    match function.is_async {
        true => start_async(cx, frame),
        false => frame.run_to_end(cx, None),
    }
}

/// Runs a template.
pub fn render(cx: Cx, holder: &Value, id: FunctionId, page: &mut Page<'_, '_>) -> R<()> {
    rt::check_stack(cx)?;
    Frame::new(holder, id).run_to_end(cx, Some(page)).map(drop)
}

fn start(cx: Cx, mut frame: Frame, callee: &Obj) -> R {
    frame.run_head(cx)?;
    let function = frame.function();
    match (function.is_async, function.is_generator) {
        (false, false) => frame.run_to_end(cx, None),
        (true, false) => start_async(cx, frame),
        (false, true) => rt::generator(cx, &Value::Obj(callee.clone()), [], move |y| drive_generator(cx, frame, y)),
        (true, true) => rt::async_generator(cx, &Value::Obj(callee.clone()), [], move |y| drive_async_generator(cx, frame, y)),
    }
}

fn start_async(cx: Cx, mut frame: Frame) -> R {
    if !frame.function().awaits {
        let outcome = frame.run_to_end(cx, None);
        return Ok(rt::promise_of(cx, outcome));
    }
    Ok(rt::spawn_task(cx, move |task| drive_async(cx, frame, task)))
}
