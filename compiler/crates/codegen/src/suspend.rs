//! Suspension: a body moves what it still holds into its frame, waits, and takes all back.
//!
//! `middle::spill` has seen to it that nothing is pending in the middle of an operation, so the variables in scope are all there is.
//! Numbers, booleans and strings stay where they are: they refer to nothing.

use crate::body::{Body, Frame};
use crate::rep::Rep;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A Rust variable in scope that refers to heap objects.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Live {
    /// A `rt::Value`.
    Value(Ident),
    /// One of the runtime's own that knows how to park itself: a loop's iterator, what a `finally` holds back.
    Parked(Ident),
}

impl Body<'_, '_> {
    /// Runs `f`; what it brings to life is out of scope afterwards.
    pub fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let (outer, frames) = (self.live.len(), self.frames.len());
        let result = f(self);
        self.live.truncate(outer);
        self.frames.truncate(frames);
        result
    }

    /// Notes a `rt::Value` variable, from here to the end of its scope.
    pub fn keep_live(&mut self, ident: &Ident) {
        let variable = Live::Value(ident.clone());
        if self.is_suspending() && !self.live.contains(&variable) {
            self.live.push(variable);
        }
    }

    /// The variable, noted before, holds an iterator.
    pub fn live_is_iterator(&mut self, ident: &Ident) {
        let variable = Live::Value(ident.clone());
        if let Some(found) = self.live.iter_mut().find(|l| **l == variable) {
            *found = Live::Parked(ident.clone());
        }
    }

    pub fn live_values(&self) -> Vec<Ident> {
        self.live.iter().filter_map(|l| if let Live::Value(ident) = l { Some(ident.clone()) } else { None }).collect()
    }

    /// `mut` for a variable that is assigned, or moved into the frame and back.
    pub fn mutable(&self, assigned: bool) -> Option<TokenStream> {
        (assigned || self.is_suspending()).then(|| quote!(mut))
    }

    /// Evaluates `operand`, then waits for the future that `future` makes of it.
    pub fn suspend(&mut self, operand: TokenStream, future: impl FnOnce(&Ident) -> TokenStream) -> TokenStream {
        let values = self.live_values();
        let parked: Vec<Ident> = self.live.iter().filter_map(|l| if let Live::Parked(ident) = l { Some(ident.clone()) } else { None }).collect();
        let (given, got) = (self.temp(), self.temp());
        let future = future(&given);
        if values.is_empty() && parked.is_empty() {
            return quote!({ let #given = #operand; #future.await });
        }
        let save = (!values.is_empty()).then(|| quote!(y.save(&mut [#(&mut #values),*]);));
        let restore = (!values.is_empty()).then(|| quote!(y.restore(&mut [#(&mut #values),*]);));
        let back = parked.iter().rev();
        quote!({
            let #given = #operand;
            #save
            #(y.park(&mut #parked);)*
            let #got = #future.await;
            #(y.unpark(&mut #back);)*
            #restore
            #got
        })
    }

    /// `await` of an owned value: `R`.
    pub fn await_value(&mut self, value: TokenStream) -> TokenStream {
        self.suspend(value, |v| quote!(rt::await_(cx, #v)))
    }

    /// A turn of `for await`: `R<Option<Value>>`.
    pub fn emit_next_awaited(&mut self, iterator: &Ident) -> TokenStream {
        let awaited = self.await_value(quote!(v));
        quote!(match #iterator.ask(cx) {
            Ok(v) => { let v = #awaited; #iterator.answer(cx, v) }
            Err(t) => Err(t),
        })
    }

    /// Notes that a pattern walks this: a generator that is told to return in the midst of it closes it.
    pub fn begin_pattern(&mut self, iterator: &Ident) {
        if self.f.is_generator {
            self.frames.push(Frame::Iterator { ident: iterator.clone(), is_async: false });
        }
    }

    /// Notes that a step of a pattern has closed what it walks.
    pub fn end_pattern(&mut self, step: &str, iterator: &Ident) {
        if self.f.is_generator && step != "iter_next" {
            self.frames.pop_if(|frame| matches!(frame, Frame::Iterator { ident, .. } if ident == iterator));
        }
    }

    /// The exit of a resumption that tells the body to return `v`.
    pub fn emit_injected_return(&mut self) -> TokenStream {
        // Closing an async iterator suspends while the value waits.
        let closing = self.frames.iter().any(|f| matches!(f, Frame::Iterator { is_async: true, .. }));
        if !closing || self.ret != Rep::Value {
            return self.emit_return_of(quote!(v));
        }
        self.scoped(|body| {
            let t = body.temp();
            body.keep_live(&t);
            let exit = body.emit_return_of(quote!(#t));
            quote!(let mut #t = v; #exit)
        })
    }
}
