//! The register machine.

mod drive;
mod frame;
mod interrupt;
mod step;
mod write;

pub use drive::{drive_async, drive_async_generator, drive_generator};
pub use frame::{Frame, Page};
pub use interrupt::{Interrupt, is_interruption};
pub use step::read_name;
