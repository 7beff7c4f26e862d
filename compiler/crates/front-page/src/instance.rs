//! The root of a component that has server functions: the element that says which instance of the component it is.

use crate::html;
use crate::page::PageKind;
use crate::syntax::{Element, Node};
use crate::template::{Emitter, has_content};

/// Where a component's template says which instance it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// In the start tag at this place.
    Element(usize),
    /// In an element around the whole template.
    Wrapper,
    /// Nowhere: there is nothing to say, or no element may stand around what the template writes.
    None,
}

impl Emitter<'_> {
    /// The root of the template that these nodes are.
    pub fn instance_root(&self, nodes: &[Node]) -> Root {
        if self.options.kind != PageKind::Component || self.declarations.functions.is_empty() {
            return Root::None;
        }
        let mut roots = Vec::new();
        self.collect_roots(nodes, &mut roots);
        match roots.as_slice() {
            [] => Root::None,
            [Node::Element(element)] if !self.is_placeholder(element) => Root::Element(element.open.start),
            roots if roots.iter().any(|node| self.needs_its_parent(node)) => Root::None,
            _ => Root::Wrapper,
        }
    }

    /// What the template writes at its top, without what shows nothing itself.
    fn collect_roots<'n>(&self, nodes: &'n [Node], roots: &mut Vec<&'n Node>) {
        for node in nodes {
            match node {
                Node::Block(_) => {}
                Node::Fragment(children) => self.collect_roots(children, roots),
                Node::Element(element) if self.is_unseen(element) => {}
                Node::Verbatim(_) if !has_content(self.source, std::slice::from_ref(node)) => {}
                _ => roots.push(node),
            }
        }
    }

    fn is_unseen(&self, element: &Element) -> bool {
        matches!(self.text(&element.name).to_ascii_lowercase().as_str(), "script" | "style" | "link" | "meta" | "head" | "template")
    }

    /// A component, or a place for markup from elsewhere.
    fn is_placeholder(&self, element: &Element) -> bool {
        let name = self.text(&element.name);
        self.is_component(name) || name == "slot"
    }

    /// Rows, cells, items and options stand in their tables and lists only.
    fn needs_its_parent(&self, node: &Node) -> bool {
        match node {
            Node::Element(element) => html::may_omit_end(self.text(&element.name)) && !self.text(&element.name).eq_ignore_ascii_case("p"),
            Node::Group(group) => group.code.markup.iter().flat_map(|markup| &markup.nodes).any(|node| self.needs_its_parent(node)),
            Node::Fragment(children) => children.iter().any(|node| self.needs_its_parent(node)),
            Node::Verbatim(_) | Node::Escape | Node::Block(_) => false,
        }
    }
}
