//! Which Python runs the app.

use puremix_interop::Setup;
use std::path::{Path, PathBuf};

/// The program to start: `python.path` (a program or a virtualenv), the active virtualenv, one beside the app or the binary, or what
/// `PATH` has. Whether it works is seen when it starts.
pub fn find(setup: &Setup) -> PathBuf {
    if let Some(given) = &setup.settings.path {
        let given = Path::new(given);
        return in_environment(given).unwrap_or_else(|| given.to_owned());
    }
    let active = (setup.environment)().into_iter().find(|(name, value)| name == "VIRTUAL_ENV" && !value.is_empty());
    if let Some(found) = active.and_then(|(_, directory)| in_environment(Path::new(&directory))) {
        return found;
    }
    let beside_binary = std::env::current_exe().ok().and_then(|binary| binary.parent().map(Path::to_owned));
    let places = [Some(setup.root.clone()), beside_binary];
    let environments = places.iter().flatten().flat_map(|place| [".venv", "venv"].map(|name| place.join(name)));
    environments.into_iter().find_map(|directory| in_environment(&directory)).unwrap_or_else(on_path)
}

/// The interpreter of a virtualenv's directory.
fn in_environment(directory: &Path) -> Option<PathBuf> {
    ["bin/python3", "bin/python"].map(|name| directory.join(name)).into_iter().find(|program| program.is_file())
}

fn on_path() -> PathBuf {
    let directories = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let has = |name: &&str| directories.iter().any(|directory| directory.join(name).is_file());
    ["python3", "python"].into_iter().find(has).unwrap_or("python3").into()
}
