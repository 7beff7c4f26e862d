//! One operation of the machine: the runtime function that generated code would call, on registers.

use super::frame::{Frame, Guard, Page, Stop, Walk};
use super::interrupt;
use crate::edition;
use crate::closure;
use crate::image::{Given, KeyAt, Member, Op, Read, Reg};
use crate::loaded::Loaded;
use crate::operations;
use puremix_runtime::__rt as rt;
use puremix_value::{Cx, Key, R, Value};

/// Goes on with the next operation.
const NEXT: R<Option<Stop>> = Ok(None);

impl Frame {
    pub(super) fn step(&mut self, cx: Cx, op: &Op, place: u32, page: &mut Option<&mut Page<'_, '_>>) -> R<Option<Stop>> {
        let value = match op {
            Op::Undefined(to) => return self.put(*to, Value::Undefined),
            Op::Uninit(to) => return self.put(*to, Value::Uninit),
            Op::Null(to) => return self.put(*to, Value::Null),
            Op::Bool(to, b) => return self.put(*to, Value::Bool(*b)),
            Op::Num(to, n) => return self.put(*to, Value::Num(*n)),
            Op::Text(to, text) => return self.put(*to, self.loaded.value(*text).clone()),
            Op::Move { to, from } => return self.put(*to, self.get(*from).clone()),
            // Loops jump back at their ends.
            Op::Jump(to) if *to < self.pc => {
                rt::at(cx, place, interrupt::check(cx))?;
                return self.go(*to);
            }
            Op::Jump(to) => return self.go(*to),
            Op::JumpIf { test, lang, to } => return if operations::truthy(*lang, self.get(*test)) { self.go(*to) } else { NEXT },
            Op::JumpUnless { test, lang, to } => return if operations::truthy(*lang, self.get(*test)) { NEXT } else { self.go(*to) },
            Op::JumpNullish { test, to } => return if rt::is_nullish(self.get(*test)) { self.go(*to) } else { NEXT },
            Op::JumpNotNullish { test, to } => return if rt::is_nullish(self.get(*test)) { NEXT } else { self.go(*to) },
            Op::JumpEqual { a, b, to } => return if rt::js_strict_eq(self.get(*a), self.get(*b)) { self.go(*to) } else { NEXT },
            Op::JumpUnlessExit { exit, number, to } => {
                return if self.get(*exit).as_num() == Some(f64::from(*number)) { NEXT } else { self.go(*to) };
            }
            Op::Return(from) => return Ok(Some(Stop::Return(self.get(*from).clone()))),
            Op::Throw(from) => return Err(rt::throw_at(cx, place, self.get(*from).clone())),
            Op::Rethrow(from) => return Err(rt::throw(cx, self.get(*from).clone())),
            Op::Try { to, handler } => {
                self.guards.push(Guard::Try { handler: *handler, to: *to, outs: self.outs.len() });
                return NEXT;
            }
            Op::Leave => {
                self.guards.pop();
                return NEXT;
            }
            Op::Await { to, from } => return Ok(Some(Stop::Await { to: *to, value: self.get(*from).clone() })),
            Op::Yield { to, from, on_return } => return Ok(Some(Stop::Yield { to: *to, value: self.get(*from).clone(), on_return: *on_return })),
            Op::YieldStar { to, from, on_return } => {
                return Ok(Some(Stop::YieldStar { to: *to, value: self.get(*from).clone(), on_return: *on_return }));
            }
            Op::NextAwait { walk, to, done } => return Ok(Some(Stop::NextAwait { walk: *walk, to: *to, done: *done })),
            Op::CloseAwait(walk) => return Ok(Some(Stop::CloseAwait { walk: *walk })),
            Op::OpenOf { .. } | Op::NextOf { .. } | Op::CloseOf(_) | Op::OpenAwait { .. } | Op::OpenIn { .. } | Op::NextIn { .. } | Op::OpenEach { .. } | Op::NextEach { .. } => {
                rt::at(cx, place, self.step_walk(cx, op))?;
                return NEXT;
            }
            Op::Scope { .. }
            | Op::Write(_)
            | Op::WriteHole(..)
            | Op::WriteRaw(_)
            | Op::RawMarkup { .. }
            | Op::WriteAttr { .. }
            | Op::WriteAttrs(_)
            | Op::Component { .. }
            | Op::WriteSlot(_)
            | Op::WriteCsrf
            | Op::BeginMarkup
            | Op::EndMarkup(_) => {
                rt::at(cx, place, self.write(cx, op, page))?;
                return NEXT;
            }
            Op::New { to, callee, given } => {
                let list = self.list(cx, *given)?;
                let args = list.as_deref().unwrap_or_else(|| self.args(*given));
                (*to, rt::construct_at(cx, place, self.get(*callee), args)?)
            }
            other => {
                let done = self.evaluate(cx, other);
                match rt::at(cx, place, done)? {
                    Some((to, value)) => (to, value),
                    None => return NEXT,
                }
            }
        };
        self.put(value.0, value.1)
    }

    #[inline]
    fn put(&mut self, to: Reg, value: Value) -> R<Option<Stop>> {
        self.registers[to as usize] = value;
        NEXT
    }

    #[inline]
    fn go(&mut self, to: u32) -> R<Option<Stop>> {
        self.pc = to;
        NEXT
    }

    /// Arguments that are in registers.
    fn args(&self, given: Given) -> &[Value] {
        match given {
            Given::Run(run) => &self.registers[run.first as usize..(run.first + run.count) as usize],
            Given::List(_) => &[],
        }
    }

    /// Arguments that are in an array.
    fn list(&self, cx: Cx, given: Given) -> R<Option<impl std::ops::Deref<Target = [Value]>>> {
        match given {
            Given::Run(_) => Ok(None),
            Given::List(array) => rt::spread_args(cx, rt::list_of(cx, self.get(array))?).map(Some),
        }
    }

    fn with_args<T>(&self, cx: Cx, given: Given, call: impl FnOnce(&[Value]) -> R<T>) -> R<T> {
        match self.list(cx, given)? {
            Some(list) => call(&list),
            None => call(self.args(given)),
        }
    }

    fn key(&self, cx: Cx, key: KeyAt) -> Key {
        match key {
            KeyAt::Name(name) => Key::Atom(name),
            KeyAt::Value(register) => rt::key_of_value(cx, self.get(register)),
            KeyAt::Private(register) => rt::private_key(self.get(register)),
        }
    }

    /// Operations that give one register a value, or only have an effect.
    fn evaluate(&mut self, cx: Cx, op: &Op) -> R<Option<(Reg, Value)>> {
        let some = |to: &Reg, value: Value| Ok(Some((*to, value)));
        match op {
            Op::BigInt(to, digits) => some(to, rt::bigint(self.loaded.text(*digits))),
            Op::Regex { to, source, flags } => {
                let Value::Str(source) = self.loaded.value(*source) else { return Ok(None) };
                some(to, rt::regex(cx, source, self.loaded.text(*flags))?)
            }
            Op::CheckInit { reg, name } => {
                rt::initialised(cx, self.get(*reg), self.loaded.text(*name))?;
                Ok(None)
            }
            Op::Cell { to, from } => some(to, rt::cell(cx, self.get(*from).clone())),
            Op::Renew(register) => some(register, rt::cell(cx, rt::cell_get(self.get(*register)))),
            Op::CellGet { to, cell } => some(to, rt::cell_get(self.get(*cell))),
            Op::CellRead { to, cell, name } => some(to, rt::cell_read(cx, self.get(*cell), self.loaded.text(*name))?),
            Op::CellSet { cell, from } => {
                rt::cell_set(self.get(*cell), self.get(*from).clone());
                Ok(None)
            }
            Op::Read { to, read } => some(to, read_name(cx, &self.holder, read)?),
            Op::SetGlobal { slot, from } => {
                cx.set_global(*slot, self.get(*from).clone());
                Ok(None)
            }
            Op::Builtin { to, name } => some(to, rt::builtin(cx, *name, 0)?),
            Op::TypeofBuiltin { to, name } => some(to, rt::typeof_builtin(cx, *name)),
            Op::AssignUnknown { name, from } => {
                rt::assign_unknown(cx, self.loaded.text(*name), self.get(*from).clone())?;
                Ok(None)
            }
            Op::Unary { op, lang, to, from } => some(to, operations::unary(cx, *op, *lang, self.get(*from))?),
            Op::Binary { op, lang, to, a, b } => some(to, operations::binary(cx, *op, *lang, self.get(*a), self.get(*b))?),
            Op::AddAssign { to, b } => {
                let b = self.get(*b).clone();
                rt::js_add_assign(cx, &mut self.registers[*to as usize], &b)?;
                Ok(None)
            }
            Op::Numeric { to, from } => some(to, rt::js_to_numeric(cx, self.get(*from))?),
            Op::Step { to, from, delta } => some(to, rt::js_step(cx, self.get(*from), *delta)?),
            Op::Concat { to, parts, .. } => some(to, operations::concat(cx, self.args(Given::Run(*parts)))?),
            Op::Get { .. }
            | Op::GetSafe { .. }
            | Op::Index { .. }
            | Op::IndexSafe { .. }
            | Op::GetSuper { .. }
            | Op::GetPrivate { .. }
            | Op::HasPrivate { .. }
            | Op::Set { .. }
            | Op::SetIndex { .. }
            | Op::SetSuper { .. }
            | Op::SetPrivate { .. }
            | Op::DeleteName { .. }
            | Op::DeleteIndex { .. } => self.access(cx, op),
            Op::Call { to, callee, this, given } => {
                let this = this.map_or(&Value::Undefined, |this| self.get(this));
                some(to, self.with_args(cx, *given, |args| rt::call(cx, self.get(*callee), this, args))?)
            }
            Op::LookUp { to, receiver, name } => some(to, rt::method(cx, self.get(*receiver), *name, 0)?),
            Op::CallLookedUp { to, receiver, method, name, given } => {
                let (receiver, method) = (self.get(*receiver), self.get(*method));
                some(to, self.with_args(cx, *given, |args| rt::call_looked_up(cx, receiver, method, *name, args, 0))?)
            }
            Op::CallMethod { to, receiver, name, given, safe } => {
                let receiver = self.get(*receiver);
                let call = if *safe { rt::call_method_safe } else { rt::call_method };
                some(to, self.with_args(cx, *given, |args| call(cx, receiver, *name, args, 0))?)
            }
            Op::CallIndex { to, receiver, key, given } => {
                some(to, self.with_args(cx, *given, |args| rt::call_index(cx, self.get(*receiver), self.get(*key), args))?)
            }
            Op::CallSuper { to, callee, new_target, given } => {
                some(to, self.with_args(cx, *given, |args| rt::construct_super(cx, self.get(*callee), self.get(*new_target), args))?)
            }
            Op::ImportDynamic { to, lazy, read } => some(to, operations::import_dynamic(cx, &self.holder, *lazy, (**read).clone())),
            Op::Operation { to, run, operands } => some(to, run(cx, self.args(Given::Run(*operands)))?),
            Op::Closure { to, function, captures } => some(to, closure::make(cx, &self.holder, *function, &self.registers, captures)),
            Op::Class { constructor, proto, function, captures, parent } => {
                let environment = closure::environment(&self.holder, *function, &self.registers, captures);
                let definition = self.loaded.function(*function).def;
                let (class, prototype) = rt::class(cx, definition, environment, parent.map(|p| self.get(p)))?;
                self.set(*proto, prototype);
                some(constructor, class)
            }
            Op::PrivateSymbol { to, name } => some(to, rt::private_symbol(self.loaded.text(*name))),
            Op::Array { to, elements } => some(to, rt::array(cx, self.args(Given::Run(*elements)).to_vec())),
            Op::Push { array, from } => {
                rt::push_element(cx, self.get(*array), self.get(*from).clone());
                Ok(None)
            }
            Op::PushHole(array) => {
                rt::push_element(cx, self.get(*array), Value::Uninit);
                Ok(None)
            }
            Op::PushSpread { array, from, is_last } => {
                let mut items = Vec::new();
                let spread = if *is_last { rt::spread_last } else { rt::spread_into };
                spread(cx, &mut items, self.get(*from))?;
                for item in items {
                    rt::push_element(cx, self.get(*array), item);
                }
                Ok(None)
            }
            Op::Object(to) => some(to, rt::new_object(cx)),
            Op::ToKey { to, from } => some(to, rt::op_to_key(cx, self.get(*from))?),
            Op::Define { member, object, key, from } => {
                self.define(cx, *member, *object, *key, *from)?;
                Ok(None)
            }
            Op::CopyProps { object, from } => {
                rt::copy_props(cx, self.get(*object), self.get(*from))?;
                Ok(None)
            }
            Op::LiteralProto { object, from } => {
                rt::set_literal_proto(cx, self.get(*object), self.get(*from))?;
                Ok(None)
            }
            other => panic!("bug in puremixc: {other:?} is handled elsewhere"),
        }
    }

    /// Members.
    fn access(&mut self, cx: Cx, op: &Op) -> R<Option<(Reg, Value)>> {
        let (to, value) = match op {
            Op::Get { to, object, name } => (to, rt::get(cx, self.get(*object), *name, 0)?),
            Op::GetSafe { to, object, name } => (to, rt::get_safe(cx, self.get(*object), *name, 0)?),
            Op::Index { lang, to, object, key } => (to, operations::index(cx, *lang, self.get(*object), self.get(*key))?),
            Op::IndexSafe { to, object, key } => (to, rt::index_safe(cx, self.get(*object), self.get(*key))?),
            Op::GetSuper { to, this, home, key } => (to, rt::get_super(cx, self.get(*this), self.get(*home), self.get(*key))?),
            Op::GetPrivate { to, object, symbol } => (to, rt::get_private(cx, self.get(*object), self.get(*symbol))?),
            Op::HasPrivate { to, object, symbol } => (to, Value::Bool(rt::has_private(cx, self.get(*object), self.get(*symbol))?)),
            Op::DeleteName { to, object, name } => (to, Value::Bool(rt::delete_name(cx, self.get(*object), *name)?)),
            Op::DeleteIndex { to, object, key } => (to, Value::Bool(rt::delete_index(cx, self.get(*object), self.get(*key))?)),
            Op::Set { object, name, from } => {
                rt::set(cx, self.get(*object), *name, self.get(*from).clone(), 0)?;
                return Ok(None);
            }
            Op::SetIndex { object, key, from, .. } => {
                rt::set_index(cx, self.get(*object), self.get(*key), self.get(*from).clone())?;
                return Ok(None);
            }
            Op::SetSuper { this, home, key, from } => {
                rt::set_super(cx, self.get(*this), self.get(*home), self.get(*key), self.get(*from).clone())?;
                return Ok(None);
            }
            Op::SetPrivate { object, symbol, from } => {
                rt::set_private(cx, self.get(*object), self.get(*symbol), self.get(*from).clone())?;
                return Ok(None);
            }
            other => panic!("bug in puremixc: {other:?} is no access"),
        };
        Ok(Some((*to, value)))
    }

    fn define(&self, cx: Cx, member: Member, object: Reg, key: KeyAt, from: Reg) -> R<()> {
        let (target, value) = (self.get(object), self.get(from).clone());
        if let (Member::Field, KeyAt::Name(name)) = (member, key) {
            return rt::define_name(cx, target, name, value, 0);
        }
        let key = self.key(cx, key);
        match member {
            Member::Field => rt::define(cx, target, &key, value),
            Member::Method { enumerable: false } => rt::define_method(cx, target, &key, value),
            Member::Method { enumerable: true } | Member::Named => rt::define_own_method(cx, target, &key, value),
            Member::Getter { enumerable } => rt::define_getter(cx, target, &key, value, enumerable),
            Member::Setter { enumerable } => rt::define_setter(cx, target, &key, value, enumerable),
        }
    }

    /// Loops.
    fn step_walk(&mut self, cx: Cx, op: &Op) -> R<()> {
        match op {
            Op::OpenOf { walk, from } => {
                let cursor = rt::for_of(cx, self.get(*from))?;
                self.walks[*walk as usize] = Walk::Of(cursor);
                self.guards.push(Guard::Walk(*walk));
            }
            Op::NextOf { walk, to, done } => {
                let Walk::Of(cursor) = &mut self.walks[*walk as usize] else { return Ok(()) };
                match cursor.next(cx)? {
                    Some(value) => self.set(*to, value),
                    None => self.pc = *done,
                }
            }
            Op::CloseOf(walk) => {
                if let Walk::Of(mut cursor) = std::mem::take(&mut self.walks[*walk as usize]) {
                    cursor.close(cx)?;
                }
            }
            Op::OpenAwait { walk, from } => {
                let cursor = rt::for_await(cx, self.get(*from))?;
                self.walks[*walk as usize] = Walk::Await(cursor);
                self.guards.push(Guard::Walk(*walk));
            }
            Op::OpenIn { walk, from } => {
                let object = self.get(*from).clone();
                let keys = rt::for_in_keys(cx, &object)?.into_iter();
                self.walks[*walk as usize] = Walk::In(object, keys);
            }
            Op::NextIn { walk, to, done } => {
                let Walk::In(object, keys) = &mut self.walks[*walk as usize] else { return Ok(()) };
                // Keys that were deleted meanwhile are left out.
                for key in keys.by_ref() {
                    if rt::for_in_live(cx, object, &key)? {
                        self.set(*to, key);
                        return Ok(());
                    }
                }
                self.pc = *done;
            }
            Op::OpenEach { walk, from } => {
                let cursor = rt::each(cx, self.get(*from).clone())?;
                self.walks[*walk as usize] = Walk::Each(cursor);
            }
            Op::NextEach { walk, to, index, done } => {
                let Walk::Each(cursor) = &mut self.walks[*walk as usize] else { return Ok(()) };
                let next = cursor.next(cx)?;
                let at = cursor.index();
                match next {
                    Some(value) => self.set(*to, value),
                    None => self.pc = *done,
                }
                if let Some(index) = index {
                    self.set(*index, Value::Num(at));
                }
            }
            other => panic!("bug in puremixc: {other:?} is no step of a loop"),
        }
        Ok(())
    }
}

/// The value of a module-level name.
pub fn read_name(cx: Cx, holder: &Value, read: &Read) -> R {
    let loaded = Loaded::of(holder);
    match read {
        Read::Global { slot, checked: Some(name) } => rt::global_checked(cx, *slot, loaded.text(*name)),
        Read::Global { slot, checked: None } => Ok(rt::global(cx, *slot)),
        Read::Function { slot, module, function } => {
            let known = rt::global(cx, *slot);
            if known.is_object() {
                return Ok(known);
            }
            let made = closure::make(cx, &edition::sibling(cx, *module)?, *function, &[], &[]);
            cx.set_global(*slot, made.clone());
            Ok(made)
        }
        Read::Required { module, exports } => operations::require(cx, holder, *module, exports),
        Read::Namespace(module) => operations::namespace(cx, *module),
        Read::Native { slot, name, member } => {
            let module = rt::native_module(cx, *slot, loaded.text(*name))?;
            match member {
                None => Ok(module),
                Some(member) => rt::get(cx, &module, *member, 0),
            }
        }
        Read::Undefined => Ok(Value::Undefined),
        Read::Missing(name) => rt::missing_name(cx, loaded.text(*name)),
    }
}
