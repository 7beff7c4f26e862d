//! Results in two registers.

use crate::R;
use std::mem::{MaybeUninit, align_of, size_of, transmute};

/// An [`R`] as two words, for functions to return.
///
/// Rust returns a pair of integers in registers, but `R` in memory, since its payload is now a float and now a pointer: as two stores, which the one
/// load of 16 bytes that moves the value on cannot be forwarded from. That wait was measured to be a fifth of a loop over objects.
#[must_use]
#[repr(C)]
pub struct Pair {
    tag: u64,
    payload: MaybeUninit<u64>,
}

const _: () = assert!(size_of::<R>() == size_of::<Pair>() && align_of::<R>() == align_of::<Pair>());

impl Pair {
    #[inline(always)]
    pub fn of(result: R) -> Pair {
        // SAFETY: both are 16 bytes (asserted above). `Value` is `repr(u64)`, so its first word is a tag that is always initialised, and `R` says
        // `Err` by a tag that no value has: the payload has no room for it. Every bit pattern is a `u64`, and the second word, which
        // `Undefined` and `Bool` leave uninitialised in part, may be anything. `transmute` moves, so the value is owned once.
        unsafe { transmute::<R, Pair>(result) }
    }

    #[inline(always)]
    pub fn get(self) -> R {
        // SAFETY: the two words came from `Pair::of`, the only way to make one, and are the `R` they were: `MaybeUninit` keeps what is not
        // initialised and whose pointer it is.
        unsafe { transmute::<Pair, R>(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Str, Thrown, Value};

    #[test]
    fn results_are_what_they_were() {
        for value in [Value::Undefined, Value::Null, Value::Bool(true), Value::Num(-0.5), Value::Num(f64::NAN), Value::Uninit] {
            assert_eq!(format!("{:?}", Pair::of(Ok(value.clone())).get()), format!("{:?}", R::Ok(value)));
        }
        assert!(Pair::of(Err(Thrown)).get().is_err());
        let text = Str::from("a text that has a place of its own, and is counted");
        let Ok(Value::Str(same)) = Pair::of(Ok(Value::Str(text.clone()))).get() else { panic!("a text") };
        assert_eq!(same.as_str(), text.as_str());
    }
}
