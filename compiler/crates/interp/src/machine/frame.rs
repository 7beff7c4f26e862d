//! The activation of a function.

use super::interrupt;
use crate::image::{Function, FunctionId, Pc, Reg};
use crate::loaded::Loaded;
use puremix_runtime::__rt as rt;
use puremix_value::{Cx, R, Thrown, Value};
use std::rc::Rc;
use std::vec::IntoIter;

/// The template being rendered.
pub struct Page<'a, 's> {
    pub scope: &'a rt::Scope<'s>,
    pub out: &'a mut rt::Out,
}

/// A loop's cursor.
#[derive(Default)]
pub(super) enum Walk {
    #[default]
    None,
    Of(rt::ForOf),
    Await(rt::ForAwait),
    /// `for … in`: the object and the keys that are left.
    In(Value, IntoIter<Value>),
    Each(rt::Each),
}

/// What an exception meets on its way out.
pub(super) enum Guard {
    Try { handler: Pc, to: Reg, outs: usize },
    /// The loop's iterator closes.
    Walk(u32),
}

/// Why the machine stopped.
pub(super) enum Stop {
    Return(Value),
    Await { to: Reg, value: Value },
    Yield { to: Reg, value: Value, on_return: Pc },
    YieldStar { to: Reg, value: Value, on_return: Pc },
    NextAwait { walk: u32, to: Reg, done: Pc },
    CloseAwait { walk: u32 },
}

pub struct Frame {
    pub(super) holder: Value,
    pub(super) loaded: Rc<Loaded>,
    id: FunctionId,
    pub(super) registers: Vec<Value>,
    pub(super) walks: Vec<Walk>,
    pub(super) guards: Vec<Guard>,
    /// Buffers of markup being made.
    pub(super) outs: Vec<rt::Out>,
    pub(super) pc: Pc,
}

impl Frame {
    pub fn new(holder: &Value, id: FunctionId) -> Frame {
        let loaded = Loaded::of(holder).clone();
        let function = loaded.function(id);
        let (registers, walks) = (function.registers as usize, function.walks as usize);
        Frame {
            holder: holder.clone(),
            loaded,
            id,
            registers: vec![Value::Undefined; registers],
            walks: (0..walks).map(|_| Walk::None).collect(),
            guards: Vec::new(),
            outs: Vec::new(),
            pc: 0,
        }
    }

    pub fn function(&self) -> &Function {
        self.loaded.function(self.id)
    }

    #[inline]
    pub fn set(&mut self, register: Reg, value: Value) {
        self.registers[register as usize] = value;
    }

    #[inline]
    pub(super) fn get(&self, register: Reg) -> &Value {
        &self.registers[register as usize]
    }

    /// Runs a function that does not suspend.
    pub fn run_to_end(&mut self, cx: Cx, page: Option<&mut Page<'_, '_>>) -> R {
        match self.run(cx, page)? {
            Stop::Return(value) => Ok(value),
            _ => panic!("bug in puremixc: a plain function suspends"),
        }
    }

    /// Runs what a generator does when it is called.
    pub fn run_head(&mut self, cx: Cx) -> R<()> {
        let loaded = self.loaded.clone();
        let function = loaded.function(self.id);
        while self.pc < function.head {
            let at = self.pc;
            self.pc += 1;
            if let Err(thrown) = self.step(cx, &function.ops[at as usize], function.places[at as usize], &mut None) {
                self.unwind(cx, thrown)?;
            }
        }
        Ok(())
    }

    /// Runs until the function returns or suspends; an exception that it does not catch is the error.
    pub(super) fn run(&mut self, cx: Cx, mut page: Option<&mut Page<'_, '_>>) -> R<Stop> {
        let loaded = self.loaded.clone();
        let function = loaded.function(self.id);
        interrupt::check(cx)?;
        loop {
            let at = self.pc;
            self.pc += 1;
            match self.step(cx, &function.ops[at as usize], function.places[at as usize], &mut page) {
                Ok(None) => {}
                Ok(Some(stop)) => return Ok(stop),
                Err(thrown) => self.unwind(cx, thrown)?,
            }
        }
    }

    /// Lets the exception that waits in the isolate go to the innermost handler; iterators on the way close.
    pub(super) fn unwind(&mut self, cx: Cx, thrown: Thrown) -> R<()> {
        while let Some(guard) = self.guards.pop() {
            match guard {
                // Dropped while an exception waits, it closes its iterator.
                Guard::Walk(walk) => self.walks[walk as usize] = Walk::None,
                Guard::Try { handler, to, outs } => {
                    self.outs.truncate(outs);
                    let exception = rt::caught(cx, thrown);
                    if interrupt::is_interruption(&exception) {
                        self.guards.clear();
                        return Err(rt::throw(cx, exception));
                    }
                    self.set(to, exception);
                    self.pc = handler;
                    return Ok(());
                }
            }
        }
        Err(thrown)
    }
}
