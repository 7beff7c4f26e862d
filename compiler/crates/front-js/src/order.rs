//! What can run before a module variable is initialised.
//!
//! Reads of a variable that may still be uninitialised cost a check each, so that this must be precise: a function only matters once
//! something that runs early mentions it.

use oxc_ast::AstKind;
use oxc_ast::ast::{FunctionType, MethodDefinitionKind, VariableDeclarationKind};
use oxc_semantic::{NodeId, Semantic};
use oxc_span::GetSpan;
use oxc_syntax::reference::ReferenceId;
use oxc_syntax::symbol::SymbolId;
use std::collections::{HashMap, HashSet};

/// When a reference is executed at the earliest.
#[derive(Clone, Copy)]
enum When {
    /// When execution of the module's body comes to this offset.
    At(u32),
    /// When the function or class of this symbol is used.
    Through(SymbolId),
    /// After the module's body (an export).
    Later,
}

/// Remembers answers for one unit.
#[derive(Default)]
pub(crate) struct Order {
    when: HashMap<ReferenceId, When>,
}

impl Order {
    /// Whether anything may use the module variable before the end of its declaration, at offset `end`.
    pub fn used_before(&mut self, semantic: &Semantic<'_>, symbol: SymbolId, end: u32) -> bool {
        let mut seen = HashSet::from([symbol]);
        let mut work = vec![symbol];
        let mut first = true;
        while let Some(symbol) = work.pop() {
            for &reference in semantic.scoping().get_resolved_reference_ids(symbol) {
                if !semantic.scoping().get_reference(reference).is_value() {
                    continue;
                }
                match self.when(semantic, reference) {
                    When::At(at) if at < end => return true,
                    When::Through(next) if first || seen.insert(next) => {
                        // A function that is the variable's own initialiser runs only through the variable.
                        if seen.insert(next) || next != symbol {
                            work.push(next);
                        }
                    }
                    _ => {}
                }
            }
            first = false;
        }
        false
    }

    fn when(&mut self, semantic: &Semantic<'_>, reference: ReferenceId) -> When {
        if let Some(when) = self.when.get(&reference) {
            return *when;
        }
        let found = semantic.scoping().get_reference(reference);
        let when = find_when(semantic, found.node_id(), found.symbol_id());
        self.when.insert(reference, when);
        when
    }
}

fn find_when(semantic: &Semantic<'_>, node: NodeId, symbol: Option<SymbolId>) -> When {
    let nodes = semantic.nodes();
    let start = nodes.kind(node).span().start;
    let mut when = When::At(start);
    // Whether the way up left a class through something that runs only when the class is used.
    let mut through_member = false;
    // Or through something that runs when the class has been made, where its name is a constant of its own.
    let mut through_static = false;
    let mut child = node;
    for (parent, kind) in nodes.ancestor_ids(node).map(|id| (id, nodes.kind(id))) {
        match kind {
            AstKind::ExportSpecifier(_) => return When::Later,
            AstKind::ExportDefaultDeclaration(_) if child == node => return When::Later,
            AstKind::Function(f) => {
                when = match (&f.id, f.r#type) {
                    (Some(id), FunctionType::FunctionDeclaration) => id.symbol_id.get().map_or(When::At(start), When::Through),
                    // `export default function () {…}` is run by importers.
                    (None, FunctionType::FunctionDeclaration) => When::Later,
                    _ => initialised_const(semantic, parent).unwrap_or(When::At(f.span.start)),
                };
            }
            AstKind::ArrowFunctionExpression(f) => {
                when = initialised_const(semantic, parent).unwrap_or(When::At(f.span.start));
            }
            AstKind::MethodDefinition(m) => {
                through_member = m.value.span.start <= start && (m.kind == MethodDefinitionKind::Constructor || start < m.value.span.end);
            }
            AstKind::PropertyDefinition(p) => {
                let in_value = p.value.as_ref().is_some_and(|v| v.span().start <= start);
                (through_member, through_static) = (!p.r#static && in_value, p.r#static && in_value);
            }
            AstKind::StaticBlock(_) => through_static = true,
            AstKind::Class(class) => {
                if through_member {
                    let declared = class.is_declaration().then(|| class.id.as_ref().map(|id| id.symbol_id.get()));
                    when = match declared {
                        Some(Some(symbol)) => symbol.map_or(When::At(start), When::Through),
                        // An anonymous default export.
                        Some(None) => When::Later,
                        None => initialised_const(semantic, parent).unwrap_or(When::At(class.span.start)),
                    };
                } else if through_static && class.is_declaration() && symbol.is_some() && class.id.as_ref().and_then(|id| id.symbol_id.get()) == symbol {
                    return When::Later;
                }
                (through_member, through_static) = (false, false);
            }
            _ => {}
        }
        child = parent;
    }
    when
}

/// The symbol of `const name = <this function>`.
fn initialised_const(semantic: &Semantic<'_>, function: NodeId) -> Option<When> {
    let nodes = semantic.nodes();
    let AstKind::VariableDeclarator(declarator) = nodes.parent_kind(function) else { return None };
    let AstKind::VariableDeclaration(declaration) = nodes.parent_kind(nodes.parent_id(function)) else { return None };
    if declaration.kind != VariableDeclarationKind::Const {
        return None;
    }
    let init = declarator.init.as_ref()?.span();
    if init != nodes.kind(function).span() {
        return None;
    }
    declarator.id.get_binding_identifier()?.symbol_id.get().map(When::Through)
}
