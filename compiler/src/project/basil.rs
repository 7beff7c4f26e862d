//! Parsley projects: `basil.yaml` lists routes and the `.pars` handlers that answer them.

/// The file whose presence makes a directory a Parsley project.
pub const CONFIG_NAME: &str = "basil.yaml";
