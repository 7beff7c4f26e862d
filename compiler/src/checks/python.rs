//! Calls of Python functions from JavaScript: as many arguments as the function takes.

use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::visit::{Node, walk};
use puremix_ir::{Arg, ExprKind, GlobalId, ImportTarget, Module, ModuleId, ParameterKind, Program, PythonFunction};

/// Warns of calls that Python will refuse. Looks at the linked modules of `part`.
pub fn calls(program: &Program, part: &[ModuleId]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for module in part.iter().map(|id| program.module(*id)) {
        for function in &module.functions {
            walk(&function.body, &mut |node| {
                let Node::Expr(e) = node else { return };
                let ExprKind::Call { callee, args } = &e.kind else { return };
                let is_spread = args.iter().any(|arg| matches!(arg, Arg::Spread(_)));
                if let Some(function) = python_function(program, module, &callee.kind).filter(|_| !is_spread) {
                    found.extend(check_call(function, args.len(), e.span));
                }
            });
        }
    }
    found
}

/// The Python function that an expression names.
fn python_function<'p>(program: &'p Program, module: &'p Module, callee: &ExprKind) -> Option<&'p PythonFunction> {
    let (owner, global): (&Module, GlobalId) = match callee {
        ExprKind::Global(global) => (module, *global),
        ExprKind::Import(import) => match &module.imports[import.index()].target {
            ImportTarget::Global(owner, global) => (program.module(*owner), *global),
            _ => return None,
        },
        _ => return None,
    };
    owner.python.as_ref()?.functions.iter().find(|f| f.global == Some(global))
}

fn check_call(function: &PythonFunction, given: usize, span: Span) -> Option<Diagnostic> {
    let (fewest, most) = function.arity()?;
    let name = &function.name;
    let parameters = function.parameters.as_ref()?;
    let count = |n: usize| format!("{n} argument{}", if n == 1 { "" } else { "s" });
    let takes = match most {
        None => format!("at least {}", count(fewest)),
        Some(most) if most == fewest => count(most),
        Some(most) => format!("{fewest} to {}", count(most)),
    };
    let by_name = parameters.iter().find(|p| p.kind == ParameterKind::Keyword && !p.has_default);
    let message = match by_name {
        Some(parameter) => format!("`{name}` needs `{}` by name, which a call from JavaScript cannot give", parameter.name),
        None if given < fewest || most.is_some_and(|most| given > most) => format!("`{name}` takes {takes}, and gets {given}"),
        None => return None,
    };
    let found = Diagnostic::warning(codes::PYTHON_ARGUMENTS, span, message).label("Python throws a TypeError").secondary(function.span, "declared here");
    Some(match by_name {
        Some(parameter) => found.help(format!("give `{}` a default, or a place before the `*`", parameter.name)),
        None => found.help(format!("it is `def {name}({})`", signature(function))),
    })
}

/// The parameters as Python writes them, without annotations.
fn signature(function: &PythonFunction) -> String {
    let mut out: Vec<String> = Vec::new();
    let parameters = function.parameters.as_deref().unwrap_or(&[]);
    for (index, parameter) in parameters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| parameters[before].kind);
        if parameter.kind == ParameterKind::Keyword && !matches!(before, Some(ParameterKind::Rest | ParameterKind::Keyword)) {
            out.push("*".to_owned());
        }
        let stars = match parameter.kind {
            ParameterKind::Positional | ParameterKind::Keyword => "",
            ParameterKind::Rest => "*",
            ParameterKind::KeywordRest => "**",
        };
        out.push(format!("{stars}{}{}", parameter.name, if parameter.has_default { "=…" } else { "" }));
    }
    out.join(", ")
}
