//! The register machine.

mod drive;
mod frame;
mod step;
mod write;

pub use drive::{drive_async, drive_async_generator, drive_generator};
pub use frame::{Frame, Page};
pub use step::read_name;
