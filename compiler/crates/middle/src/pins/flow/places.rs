//! Assignments, and values that are state when they are made.

use super::*;

impl Flow<'_> {
    pub(super) fn assign(&mut self, place: &Place, set: &Set, value: &Expr) -> Set {
        match place {
            Place::Local(id) => self.flow_to_local(*id, set),
            Place::Global(id) => {
                let variable = (self.at.0, *id);
                let number = self.numbers.number(variable);
                let mut into = set.clone();
                if self.may_hold_state(value) {
                    into.insert(number);
                }
                if matches!(value.kind, ExprKind::Regex { .. }) && into.contains(number) {
                    self.stateful_regexes.insert(number);
                }
                Self::grow(self.globals.entry(variable).or_default(), &into, &mut self.grown);
            }
            Place::Get(..) | Place::Index(..) | Place::Super { .. } | Place::Private(..) | Place::Unknown(_) => {
                self.written(place);
                let field = match place {
                    Place::Get(_, name) => Field::Named(name.clone()),
                    Place::Private(_, local) => Field::Named(self.module().local(*local).name.clone()),
                    Place::Index(_, _, key) if matches!(key.kind, ExprKind::Num(_)) => Field::Element,
                    _ => Field::Dynamic,
                };
                self.flow_to_heap(field, set);
            }
        }
        set.clone()
    }

    /// The object of the place is changed.
    pub(super) fn written(&mut self, place: &Place) {
        let set = match place {
            Place::Get(object, _) | Place::Private(object, _) => self.expr(object),
            Place::Index(_, object, key) => {
                self.expr(key);
                self.expr(object)
            }
            Place::Super { this, home, key } => {
                self.expr(home);
                self.expr(key);
                self.expr(this)
            }
            Place::Local(_) | Place::Global(_) | Place::Unknown(_) => return,
        };
        self.pin(&set, |name| format!("an object of `{name}` is changed"));
    }

    /// Whether a fresh value of the expression has something that can change.
    pub(super) fn may_hold_state(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Array(..) | ExprKind::Object(..) | ExprKind::Class(_) => true,
            ExprKind::Regex { flags, .. } => flags.contains(['g', 'y']),
            ExprKind::New { callee, .. } | ExprKind::Call { callee, .. } => self.callee_makes_state(callee),
            ExprKind::CallMethod { recv, name, .. } => {
                if names::ANSWERS_PLAIN.contains(&&**name) {
                    return false;
                }
                match &recv.kind {
                    ExprKind::Builtin(object) => !matches!((&**object, &**name), ("Math" | "Number" | "String" | "Date" | "performance", _) | ("JSON", "stringify") | ("Symbol", "for")),
                    _ => self.callee_makes_state(recv),
                }
            }
            ExprKind::CallWithThis { .. } | ExprKind::CallIndex { .. } | ExprKind::Runtime(..) => true,
            ExprKind::Await(inner) | ExprKind::OptionalChain(inner) | ExprKind::OptionalLink(inner) => self.may_hold_state(inner),
            ExprKind::Cond(test) => self.may_hold_state(&test.then) || self.may_hold_state(&test.otherwise),
            ExprKind::Logical(_, _, a, b) => self.may_hold_state(a) || self.may_hold_state(b),
            ExprKind::Seq(items) => items.last().is_some_and(|e| self.may_hold_state(e)),
            ExprKind::Do(_, value) | ExprKind::Assign(_, value) => self.may_hold_state(value),
            // What is read out of another object, and of initialiser locals, comes with its own variables.
            _ => matches!(value.kind, ExprKind::Local(_) | ExprKind::CallSuper { .. } | ExprKind::ImportDynamic(_)),
        }
    }

    pub(super) fn callee_makes_state(&self, callee: &Expr) -> bool {
        match &callee.kind {
            ExprKind::Import(id) => match &self.module().imports[id.index()].target {
                ImportTarget::Native(native, _) => names::holds_state(native),
                // What a query answers is the app's; what `open` does is a handle.
                ImportTarget::Global(m, g) if self.is_handle(*id) => &*self.program.module(*m).global(*g).name != "open",
                _ => true,
            },
            ExprKind::Get(object, _) => self.callee_makes_state(object),
            ExprKind::Builtin(name) => !names::READING_FUNCTIONS.contains(&&**name) && &**name != "require",
            _ => true,
        }
    }
}
