//! What is known of a module's Python: the text that CPython reads, and what it declares and imports.
//!
//! The functions of the module's IR call CPython today. What is here is enough to compile them one by one later, to check calls and to
//! write declarations of their types.

use crate::{FnId, GlobalId, Name};
use puremix_diag::Span;
use std::rc::Rc;

/// The Python of a file: a `.py` module, or the blocks of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Python {
    /// The dotted name it is imported by, from the project's root: `app.services.analytics`.
    pub name: Rc<str>,
    /// Its lines are the file's; what is not Python is blank.
    pub source: Rc<str>,
    /// In source order. Of two with a name the later one counts, and only it is here.
    pub functions: Vec<PythonFunction>,
    /// Names of classes at the top level.
    pub classes: Vec<Name>,
    pub imports: Vec<PythonImport>,
}

/// A function at the top level.
#[derive(Clone, Debug, PartialEq)]
pub struct PythonFunction {
    pub name: Name,
    /// Of its name.
    pub span: Span,
    pub is_async: bool,
    /// `from .stats import mean`: another module's, of the app. Whether it is a function is known when it is called.
    pub is_imported: bool,
    /// A decorator may have changed what it takes.
    pub is_decorated: bool,
    /// As they are written; `None` when it is another module's.
    pub parameters: Option<Vec<PythonParameter>>,
    /// The annotation of what it returns, as it is written.
    pub returns: Option<Rc<str>>,
    pub doc: Option<Rc<str>>,
    /// The variable that holds it, when others may call it.
    pub global: Option<GlobalId>,
    /// The function that the server calls when it is an action of a page.
    pub action: Option<FnId>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PythonParameter {
    pub name: Name,
    pub kind: ParameterKind,
    pub has_default: bool,
    /// As it is written.
    pub annotation: Option<Rc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Given by position.
    Positional,
    /// `*args`
    Rest,
    /// Behind `*`: by name only.
    Keyword,
    /// `**options`
    KeywordRest,
}

/// One name of an `import` statement at any depth.
#[derive(Clone, Debug, PartialEq)]
pub struct PythonImport {
    /// The leading dots of `from ..x import y`.
    pub level: u32,
    /// `a.b` of `import a.b` and `from a.b import c`; empty for `from . import c`.
    pub module: Rc<str>,
    /// `c` of `from a.b import c`; `None` for `import a.b` and for `*`.
    pub name: Option<Name>,
    /// In a `try`: that it fails may be expected.
    pub is_guarded: bool,
    pub span: Span,
}

impl PythonFunction {
    /// Whether others may call it: not `_names`, nor `init()`, which each worker runs by itself.
    pub fn is_public(&self) -> bool {
        let is_init = &*self.name == "init" && self.parameters.as_ref().is_some_and(Vec::is_empty);
        !self.name.starts_with('_') && !is_init
    }

    /// Fewest and most arguments it takes by position; no limit is `None`. `None` altogether when that is not sure.
    pub fn arity(&self) -> Option<(usize, Option<usize>)> {
        if self.is_decorated { None } else { self.written_arity() }
    }

    /// As [`PythonFunction::arity`], if decorators change nothing: few do.
    fn written_arity(&self) -> Option<(usize, Option<usize>)> {
        let parameters = self.parameters.as_ref()?;
        let positional = || parameters.iter().filter(|p| p.kind == ParameterKind::Positional);
        let is_open = parameters.iter().any(|p| p.kind == ParameterKind::Rest);
        Some((positional().filter(|p| !p.has_default).count(), (!is_open).then(|| positional().count())))
    }

    /// How many arguments it takes as an action, of the two there are: the data and the request.
    pub fn action_arguments(&self) -> usize {
        self.written_arity().and_then(|(_, most)| most).map_or(2, |most| most.min(2))
    }
}
