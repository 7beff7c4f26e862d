//! The arguments of a call.

use crate::{Kind, Obj, Value};

/// What a function gets when it is called as a value.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    pub this: &'a Value,
    pub args: &'a [Value],
    /// The function object itself.
    pub callee: &'a Obj,
    /// The constructor that `new` was applied to; `Undefined` in plain calls.
    pub new_target: &'a Value,
}

const UNDEFINED: &Value = &Value::Undefined;

impl<'a> Args<'a> {
    /// Argument `i`; `Undefined` beyond the end.
    #[inline]
    pub fn get(&self, i: usize) -> &'a Value {
        match self.args.get(i) {
            Some(v) => v,
            None => UNDEFINED,
        }
    }

    /// Arguments from `i` on, as an array's elements.
    pub fn rest(&self, i: usize) -> Vec<Value> {
        self.args.get(i..).unwrap_or_default().to_vec()
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.args.len()
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.args.is_empty()
    }

    /// Captured value `i` of the callee.
    #[inline]
    pub fn env(&self, i: usize) -> &'a Value {
        match self.callee.kind() {
            Kind::Function(f) => f.env.get(i).unwrap_or(UNDEFINED),
            _ => UNDEFINED,
        }
    }

    /// True if called by `new`.
    #[inline]
    pub fn is_construct(&self) -> bool {
        !self.new_target.is_undefined()
    }
}
