//! From generated Rust to a binary: the crate on disk, the runtime it depends on, and cargo.
//!
//! In: generated files and a profile. Out: an executable, or diagnostics. Must never know the app's source languages.

pub mod build;
pub mod home;
pub mod progress;
pub mod rustc_errors;
pub mod skeleton;
pub mod toolchain;
pub mod vendor;
pub mod write;

pub use build::{BuildRequest, Built, build};
pub use home::Home;
pub use skeleton::Profile;
