//! Calls: of the app's functions, of built-in ones, and of those that cannot be seen.

use super::*;

impl Flow<'_> {
    pub(super) fn args(&mut self, args: &[Arg]) -> Vec<Set> {
        args.iter()
            .map(|arg| match arg {
                Arg::Value(e) => self.expr(e),
                Arg::Spread(e) => self.elements_of(e),
            })
            .collect()
    }

    /// The functions of the app an expression may be.
    pub(super) fn functions(&self, callee: &Expr) -> Option<Vec<Fun>> {
        let found = match &callee.kind {
            ExprKind::Closure(f) => return Some(vec![(self.at.0, *f)]),
            ExprKind::Callee => return Some(vec![self.at]),
            ExprKind::Local(id) | ExprKind::GetPrivate(_, id) => self.local_functions.get(&(self.at.0, *id)),
            ExprKind::Global(id) => self.global_functions.get(&(self.at.0, *id)),
            ExprKind::Import(id) => match self.module().imports[id.index()].target {
                ImportTarget::Global(m, g) => self.global_functions.get(&(m, g)),
                _ => None,
            },
            _ => None,
        };
        found.filter(|f| !f.is_empty()).cloned()
    }

    pub(super) fn pass(&mut self, f: Fun, this: &Set, given: &[Set], spread: bool) -> Set {
        self.flow_to_this(f, this);
        if spread {
            let all = Set::union(given);
            for index in 0..self.program.module(f.0).function(f.1).params.len().max(1) {
                self.flow_to_param(f, index, &all);
            }
        } else {
            for (index, set) in given.iter().enumerate() {
                self.flow_to_param(f, index, set);
            }
        }
        self.result(f)
    }

    pub(super) fn call(&mut self, callee: &Expr, this: Option<Set>, args: &[Arg]) -> Set {
        let value = self.expr(callee);
        let given = self.args(args);
        let spread = args.iter().any(|a| matches!(a, Arg::Spread(_)));
        if let Some(functions) = self.functions(callee) {
            let this = this.unwrap_or_default();
            let mut set = Set::new();
            for f in functions {
                set.add(&self.pass(f, &this, &given, spread));
            }
            return set;
        }
        match &callee.kind {
            ExprKind::Builtin(name) if names::READING_FUNCTIONS.contains(&&**name) => return Set::new(),
            ExprKind::Import(id) if matches!(self.module().imports[id.index()].target, ImportTarget::Native(..)) => {
                return self.called_native(args, &given);
            }
            ExprKind::Import(id) if self.is_handle(*id) => return self.called_handle(args, &given),
            _ => {}
        }
        // A function made by a call may keep state of its own.
        self.pin(&value, |name| format!("`{name}`, which may keep state, is called"));
        self.called_unseen(args, &given)
    }

    /// Arguments go to code that is not the app's.
    pub(super) fn called_unseen(&mut self, args: &[Arg], given: &[Set]) -> Set {
        let all = Set::union(given);
        self.pin(&all, |name| format!("an object of `{name}` is passed to a function that may change it"));
        self.called_back(args, &all);
        let mut set = self.unseen.clone();
        set.add(&all);
        set
    }

    /// Native functions read what they are given and call back what they are given.
    pub(super) fn called_native(&mut self, args: &[Arg], given: &[Set]) -> Set {
        let all = Set::union(given);
        self.called_back(args, &all);
        all
    }

    /// A handle's functions answer with something new, or with what a function they were given answers.
    fn called_handle(&mut self, args: &[Arg], given: &[Set]) -> Set {
        self.called_back(args, &Set::union(given))
    }

    /// Functions among the arguments may be called with parts of the objects.
    pub(super) fn called_back(&mut self, args: &[Arg], with: &Set) -> Set {
        let mut set = Set::new();
        for arg in args {
            let (Arg::Value(e) | Arg::Spread(e)) = arg;
            for f in self.functions(e).unwrap_or_default() {
                set.add(&self.pass(f, with, &vec![with.clone(); 4], false));
            }
        }
        set
    }

    pub(super) fn call_method(&mut self, recv: &Expr, name: Option<&Name>, args: &[Arg]) -> Set {
        let receiver = self.expr(recv);
        let given = self.args(args);
        let spread = args.iter().any(|a| matches!(a, Arg::Spread(_)));
        let all = Set::union(&given);
        if let (ExprKind::Builtin(object), Some(name)) = (&recv.kind, name) {
            if let Some(keeps) = names::reads_arguments(object, name) {
                let mut set = self.called_back(args, &all);
                if keeps {
                    set.add(&all);
                    set.add(&self.anywhere);
                }
                return set;
            }
            // `Object.assign(target, …)` changes its first argument only.
            if &**object == "Object" && &**name == "assign" {
                let target = given.first().cloned().unwrap_or_default();
                self.pin(&target, |name| format!("an object of `{name}` is changed"));
                self.flow_to_heap(Field::Dynamic, &all);
                return all;
            }
            return self.called_unseen(args, &given);
        }
        if let ExprKind::Import(id) = &recv.kind {
            if self.is_handle(*id) {
                return self.called_handle(args, &given);
            }
            match &self.module().imports[id.index()].target {
                ImportTarget::Native(..) => return self.called_native(args, &given),
                ImportTarget::Namespace(m) => {
                    if let Some(f) = name.and_then(|name| self.exported(*m, name)) {
                        return self.pass(f, &Set::new(), &given, spread);
                    }
                }
                _ => {}
            }
        }
        if name.is_some_and(|name| matches!(&**name, "test" | "exec")) {
            let moved = receiver.intersection(&self.stateful_regexes);
            self.pin(&moved, |name| format!("the `lastIndex` of `{name}` (a regex with `g` or `y`) moves"));
        }
        let mut set = Set::new();
        let members = name.and_then(|name| self.members.get(name).cloned()).unwrap_or_default();
        for f in &members {
            set.add(&self.pass(*f, &receiver, &given, spread));
        }
        let reads = name.is_some_and(|name| names::READS.contains(&&**name) || names::SENDS.contains(&&**name));
        if !reads {
            // `push`, `set`, `add` … keep what they are given.
            self.flow_to_heap(Field::Element, &all);
            if members.is_empty() {
                let method = name.map_or("[…]", |name| &**name).to_owned();
                self.pin(&receiver, |variable| format!("`.{method}(…)` on an object of `{variable}` may change it"));
            }
        }
        let mut inside = receiver.clone();
        inside.add(&self.kept(&Field::Element));
        let answered = self.called_back(args, &inside);
        if !name.is_some_and(|name| names::ANSWERS_PLAIN.contains(&&**name)) {
            set.add(&inside);
            set.add(&answered);
            set.add(&all);
        }
        set
    }

    pub(super) fn exported(&self, module: ModuleId, wanted: &Name) -> Option<Fun> {
        let m = self.program.module(module);
        m.exports.iter().find_map(|e| match e {
            Export::Global { name, global, .. } if name == wanted => m.global(*global).function.map(|f| (module, f)),
            _ => None,
        })
    }

    pub(super) fn construct(&mut self, callee: &Expr, args: &[Arg]) -> Set {
        self.expr(callee);
        let given = self.args(args);
        let all = Set::union(&given);
        match (&callee.kind, self.functions(callee)) {
            (_, Some(functions)) => {
                for f in functions {
                    self.pass(f, &Set::new(), &given, false);
                }
                all
            }
            (ExprKind::Builtin(name), _) if names::KEEPING_CONSTRUCTORS.contains(&&**name) => all,
            (ExprKind::Builtin(name), _) if &**name == "Promise" => {
                self.called_back(args, &all);
                self.kept(&Field::Element)
            }
            (ExprKind::Import(id), _) if matches!(self.module().imports[id.index()].target, ImportTarget::Native(..)) => {
                self.called_native(args, &given)
            }
            _ => self.called_unseen(args, &given),
        }
    }
}
