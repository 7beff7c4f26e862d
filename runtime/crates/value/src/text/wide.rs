//! Strings with lone surrogates: code units only.

use std::cell::OnceCell;

pub(crate) struct Wide {
    units: Vec<u16>,
    lossy: OnceCell<String>,
}

impl Wide {
    pub(super) fn new(units: Vec<u16>) -> Wide {
        Wide { units, lossy: OnceCell::new() }
    }

    pub(super) fn units(&self) -> &[u16] {
        &self.units
    }

    /// UTF-8 with U+FFFD for each lone surrogate, made once.
    pub(super) fn lossy(&self) -> &str {
        self.lossy.get_or_init(|| String::from_utf16_lossy(&self.units))
    }
}
