//! The generated package around the generated modules.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

/// How the binary is compiled. Every measurement names its profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Optimised and incremental: what `build` makes.
    Build,
    /// Fat LTO, one codegen unit, stripped: what `build --release` makes.
    Release,
    /// Unoptimised with line tables.
    Debug,
    /// Lightly optimised: our own CI, where many apps are built once.
    Ci,
}

impl Profile {
    /// cargo's name of it in the generated manifest.
    pub fn cargo_name(self) -> &'static str {
        match self {
            Profile::Build => "release",
            Profile::Release => "dist",
            Profile::Debug => "dev",
            Profile::Ci => "ci",
        }
    }

    /// The directory cargo puts the binary in.
    pub fn directory(self) -> &'static str {
        match self {
            Profile::Debug => "debug",
            Profile::Build | Profile::Release | Profile::Ci => self.cargo_name(),
        }
    }
}

const MANIFEST: &str = include_str!("../../../templates/crate/Cargo.toml");

/// `Cargo.toml` of the generated crate. `runtime` holds the runtime and, below `capabilities/`, the crates that only some apps link.
pub fn manifest(package: &str, binary: &str, runtime: &Path, capabilities: &[&str]) -> String {
    let path = |path: &Path| toml_string(&path.to_string_lossy());
    let linked = |name: &&str| format!("puremix-{name} = {{ path = {} }}\n", path(&runtime.join("capabilities").join(name)));
    MANIFEST
        .replace("{version}", crate::VERSION)
        .replace("{package}", package)
        .replace("{binary}", binary)
        .replace("{runtime}", &path(runtime))
        .replace("{capabilities}", &capabilities.iter().map(linked).collect::<String>())
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The package name of an app in this directory. Two packages of equal name in a shared build directory silently
/// deliver the wrong binary (rust-lang/cargo#12516), so the path is part of it.
pub fn package_name(app: &str, root: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    format!("{app}-{:08x}", hasher.finish() as u32)
}

/// The target triple of generated binaries; naming it keeps `+crt-static` away from proc macros.
pub const TARGET: &str = env!("PUREMIX_TARGET");

/// As `CARGO_ENCODED_RUSTFLAGS` wants them: static, and random bytes from the system call. (By default the `getrandom` crate
/// looks for the C library's function with `dlsym`, which a static program does not have, and falls back to `/dev/urandom`,
/// which an empty root directory does not have.)
///
/// On x86-64 a value of 16 bytes moves as two words, which is how it was stored: a load of all 16 cannot be forwarded from two stores and waits for
/// them. Of the names of processors that need nothing beyond the first x86-64, only `k8` says so (docs/adr/0008-moves-in-words.md).
pub const RUSTFLAGS: &str = if cfg!(target_arch = "x86_64") {
    "-Ctarget-cpu=k8\u{1f}-Ctarget-feature=+crt-static\u{1f}--cfg=getrandom_backend=\"linux_getrandom\""
} else {
    "-Ctarget-feature=+crt-static\u{1f}--cfg=getrandom_backend=\"linux_getrandom\""
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_in_two_places_are_two_packages() {
        let a = package_name("shop", Path::new("/a/shop"));
        assert_ne!(a, package_name("shop", Path::new("/b/shop")));
        assert_eq!(a, package_name("shop", Path::new("/a/shop")));
        assert_eq!(a.len(), "shop-12345678".len());
    }

    #[test]
    fn every_placeholder_is_filled() {
        let text = manifest("shop-1", "shop", Path::new("/tmp/a \"b\""), &["sqlite"]);
        assert!(text.contains(r#"puremix-runtime = { path = "/tmp/a \"b\"" }"#), "{text}");
        assert!(text.contains(r#"puremix-sqlite = { path = "/tmp/a \"b\"/capabilities/sqlite" }"#), "{text}");
        let left = ["{version}", "{package}", "{binary}", "{runtime}", "{capabilities}"].map(|name| text.contains(name));
        assert_eq!(left, [false; 5]);
    }
}
