//! The operations that JavaScript's operators lower to.

mod arith;
mod calls;
mod classes;
mod compare;
mod convert;
mod iterate;
mod literals;
mod members;
mod object;
mod proxy;

pub use arith::*;
pub use calls::*;
pub use classes::*;
pub use compare::*;
pub use convert::*;
pub use iterate::*;
pub use literals::*;
pub use members::*;
pub use object::*;
