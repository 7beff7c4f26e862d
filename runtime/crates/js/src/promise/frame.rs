//! The frame of a suspended function: what its body holds while it waits, where the collector sees it.
//!
//! A body is a Rust future, and what a future holds is hidden from the collector. So a body moves every value it still has in scope
//! into its frame before it suspends, and takes all back when it goes on: between suspensions they are plain Rust variables. A value
//! that was forgotten here would keep its cycle alive; it could never be freed too early, because the collector counts references.

use crate::ops::Iter;
use puremix_value::{Obj, Payload, Tracer, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// A task's or a generator's frame. Clones are the same frame.
#[derive(Clone, Default)]
pub struct Frame(Rc<Held>);

/// Two stacks: nested suspensions (a loop's iterator in runtime code below a body's variables) save and restore last in, first out.
#[derive(Default)]
struct Held {
    values: RefCell<Vec<Value>>,
    iters: RefCell<Vec<Iter>>,
    /// The async generator that the body works for, from a request to its answer: what wakes the body must keep it alive.
    owner: RefCell<Option<Obj>>,
}

impl Payload for Held {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(values) = self.values.try_borrow() {
            t.values(&values);
        }
        if let Ok(iters) = self.iters.try_borrow() {
            iters.iter().for_each(|iter| iter.trace(t));
        }
        if let Ok(owner) = self.owner.try_borrow()
            && let Some(owner) = &*owner
        {
            t.obj(owner);
        }
    }

    fn clear(&self) {
        let (values, iters, owner) = (self.values.take(), self.iters.take(), self.owner.take());
        drop((values, iters, owner));
    }
}

impl Frame {
    /// A frame that holds what a body starts with.
    pub fn of<const N: usize>(values: [Value; N]) -> Frame {
        let frame = Frame::default();
        frame.0.values.borrow_mut().extend(values);
        frame
    }

    /// What the body starts with.
    pub fn begin<const N: usize>(&self) -> [Value; N] {
        let mut values = std::array::from_fn(|_| Value::Undefined);
        self.restore(&mut values.each_mut());
        values
    }

    /// Moves variables in before a suspension.
    pub fn save(&self, variables: &mut [&mut Value]) {
        self.0.values.borrow_mut().extend(variables.iter_mut().map(|v| std::mem::take(*v)));
    }

    /// Moves the variables of the matching [`Frame::save`] back.
    pub fn restore(&self, variables: &mut [&mut Value]) {
        let mut values = self.0.values.borrow_mut();
        for variable in variables.iter_mut().rev() {
            // The frame is shorter only when it was cleared with the future that would ask, which then never runs again.
            **variable = values.pop().unwrap_or_default();
        }
    }

    /// As [`Frame::save`], for what is more than a value.
    pub fn park(&self, variable: &mut impl Park) {
        variable.park(self);
    }

    /// As [`Frame::restore`].
    pub fn unpark(&self, variable: &mut impl Park) {
        variable.unpark(self);
    }

    pub fn save_iter(&self, iter: Iter) {
        self.0.iters.borrow_mut().push(iter);
    }

    pub fn restore_iter(&self) -> Iter {
        self.0.iters.borrow_mut().pop().unwrap_or(Iter::DONE)
    }

    pub(super) fn set_owner(&self, owner: Option<Obj>) {
        let old = self.0.owner.replace(owner);
        drop(old);
    }

    /// For the task or generator object that owns the body.
    pub(super) fn payload(&self) -> Rc<dyn Payload> {
        self.0.clone()
    }

    pub(super) fn trace(&self, t: &mut Tracer<'_>) {
        self.0.trace(t);
    }

    pub(super) fn clear(&self) {
        self.0.clear();
    }
}

/// A variable of the runtime's own that holds values across a suspension.
pub trait Park {
    /// Moves what it holds into the frame.
    fn park(&mut self, frame: &Frame);
    /// Takes it back.
    fn unpark(&mut self, frame: &Frame);
}
