//! What emission asks of a module's functions: what they capture, which calls go straight to them, which are values.

use crate::rows::Rows;
use puremix_ir::visit::{Access, Mention, Node, children, mentions, walk, walk_expr};
use puremix_ir::*;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A function a variable always holds once it is initialised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub function: FnId,
    /// The variable may be called before that: each call asks first.
    pub checked: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ModuleFacts {
    /// Locals each function needs from its surroundings, sorted.
    pub captures: Vec<Vec<LocalId>>,
    /// Functions some value is made of.
    pub is_value: Vec<bool>,
    /// Functions whose own function object is read (not merely called).
    pub needs_callee: Vec<bool>,
    pub known_locals: HashMap<LocalId, Known>,
    /// Locals that live in cells because some closure is made before they are set, though no name shows it: class bindings,
    /// and what a closure needs only to pass it to the functions it calls directly.
    pub late_cells: HashSet<LocalId>,
    /// Iterators of destructuring patterns that nothing but the pattern's own steps uses.
    pub iterators: HashSet<LocalId>,
    /// Loop variables that get a fresh cell each turn.
    pub fresh: HashSet<LocalId>,
    /// Lists that are wanted as JSON only.
    pub rows: Rows,
}

impl ModuleFacts {
    pub fn captures(&self, f: FnId) -> &[LocalId] {
        &self.captures[f.index()]
    }

    pub fn is_cell(&self, m: &Module, local: LocalId) -> bool {
        m.local(local).is_cell() || self.late_cells.contains(&local)
    }
}

/// A call that names its function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DirectCall {
    pub module: ModuleId,
    pub function: FnId,
    /// The variable to ask whether it is initialised.
    pub check: Option<Holder>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Local(LocalId),
    Global(GlobalId),
}

pub(crate) fn of_program(program: &Program) -> Vec<ModuleFacts> {
    program.modules.iter().map(|module| of_module(module)).collect()
}

/// Whether a call may go straight to the function, as far as its body matters.
pub(crate) fn is_directable(facts: &ModuleFacts, m: &Module, f: FnId) -> bool {
    let function = m.function(f);
    matches!(function.kind, FnKind::Function | FnKind::Arrow)
        && !function.uses.arguments
        && !function.uses.new_target
        && !facts.needs_callee[f.index()]
}

/// Whether the function has typed parameters: then no value of it exists and every call is direct.
pub(crate) fn is_typed(facts: &ModuleFacts, m: &Module, f: FnId) -> bool {
    m.function(f).direct_only && !facts.is_value[f.index()]
}

/// The function a call goes straight to.
pub(crate) fn direct_call(program: &Program, facts: &[ModuleFacts], module: ModuleId, caller: FnId, callee: &Expr, args: &[Arg]) -> Option<DirectCall> {
    if !args.iter().all(|a| matches!(a, Arg::Value(_))) {
        return None;
    }
    let m = program.module(module);
    let here = &facts[module.index()];
    match &callee.kind {
        ExprKind::Local(local) => {
            let known = here.known_locals.get(local)?;
            let check = known.checked.then_some(Holder::Local(*local));
            is_directable(here, m, known.function).then_some(DirectCall { module, function: known.function, check })
        }
        ExprKind::Callee => is_directable(here, m, caller).then_some(DirectCall { module, function: caller, check: None }),
        ExprKind::Global(global) => direct_global(program, facts, module, *global),
        ExprKind::Import(import) => match m.imports[import.index()].target {
            ImportTarget::Global(owner, global) => direct_global(program, facts, owner, global),
            _ => None,
        },
        _ => None,
    }
}

fn direct_global(program: &Program, facts: &[ModuleFacts], owner: ModuleId, global: GlobalId) -> Option<DirectCall> {
    let m = program.module(owner);
    let g = m.global(global);
    let function = g.function?;
    let there = &facts[owner.index()];
    let ok = is_directable(there, m, function) && there.captures(function).is_empty();
    ok.then_some(DirectCall { module: owner, function, check: (g.checked && !g.hoisted).then_some(Holder::Global(global)) })
}

fn of_module(m: &Module) -> ModuleFacts {
    let count = m.functions.len();
    let mut facts = ModuleFacts {
        captures: vec![Vec::new(); count],
        is_value: vec![false; count],
        needs_callee: vec![false; count],
        ..ModuleFacts::default()
    };
    find_known(m, &mut facts);
    let scans: Vec<Scan> = (0..count).map(|index| scan(m, &facts, index.into())).collect();
    for (index, scan) in scans.iter().enumerate() {
        // A generator object's prototype is its function's.
        facts.needs_callee[index] = scan.reads_callee || m.functions[index].is_generator;
    }
    // Calls of what turned out not to be callable directly read the variable.
    let indirect = |facts: &ModuleFacts, f: FnId| !is_directable(facts, m, f);
    let mut read_locals: HashSet<LocalId> = HashSet::new();
    let mut needed: Vec<BTreeSet<LocalId>> = vec![BTreeSet::new(); count];
    for (index, scan) in scans.iter().enumerate() {
        needed[index].extend(&scan.locals);
        read_locals.extend(&scan.reads);
        for (local, callee) in &scan.calls {
            if indirect(&facts, *callee) || facts.known_locals[local].checked {
                if m.local(*local).owner.index() != index {
                    needed[index].insert(*local);
                }
                read_locals.extend(indirect(&facts, *callee).then_some(*local));
            }
        }
    }
    loop {
        let mut changed = false;
        for (index, scan) in scans.iter().enumerate() {
            let called = scan.calls.iter().map(|(_, f)| *f).filter(|f| !indirect(&facts, *f));
            let more: Vec<LocalId> = called.chain(scan.makes.iter().copied()).flat_map(|f| needed[f.index()].iter().copied().collect::<Vec<_>>()).collect();
            for local in more {
                if m.local(local).owner.index() != index {
                    changed |= needed[index].insert(local);
                }
            }
        }
        if !changed {
            break;
        }
    }
    facts.captures = needed.iter().map(|set| set.iter().copied().collect()).collect();
    let mut value = vec![false; count];
    for scan in &scans {
        for (f, holder) in &scan.holds {
            value[f.index()] |= match holder {
                None => true,
                Some(Holder::Local(local)) => facts.known_locals.get(local).is_none_or(|k| k.function != *f) || read_locals.contains(local),
                Some(Holder::Global(global)) => {
                    let direct = m.global(*global).function == Some(*f) && is_directable(&facts, m, *f) && facts.captures(*f).is_empty();
                    !(direct && m.function(*f).direct_only)
                }
            };
        }
    }
    facts.is_value = value;
    find_class_cells(m, &mut facts);
    find_passed_cells(m, &mut facts);
    find_iterators(m, &mut facts);
    facts.rows = crate::rows::find(m);
    facts
}

/// Locals given exactly one value, which is a closure.
fn find_known(m: &Module, facts: &mut ModuleFacts) {
    let mut writes: HashMap<LocalId, u32> = HashMap::new();
    let mut closures: HashMap<LocalId, FnId> = HashMap::new();
    // Of each loop variable, the locals declared in a turn: a closure made there holds that turn's binding.
    let mut turns: HashMap<LocalId, HashSet<LocalId>> = HashMap::new();
    for f in &m.functions {
        for param in f.params.iter().chain(&f.rest) {
            *writes.entry(*param).or_default() += 2;
        }
        walk(&f.body, &mut |node| {
            match node {
                Node::Stmt(Stmt { kind: StmtKind::Let(local, Some(value)), .. }) => note_closure(*local, value, &mut closures),
                Node::Stmt(Stmt { kind: StmtKind::Expr(Expr { kind: ExprKind::Assign(Place::Local(local), value), .. }), .. }) => {
                    note_closure(*local, value, &mut closures);
                }
                Node::Stmt(Stmt { kind: StmtKind::Let(_, None), .. }) => return,
                Node::Stmt(Stmt { kind: StmtKind::Loop { fresh, body, .. }, .. }) if !fresh.is_empty() => {
                    facts.fresh.extend(fresh);
                    let mut declared = HashSet::new();
                    walk(body, &mut |inner| {
                        mentions(inner, &mut |mention| {
                            if let Mention::Local(local, Access::Declare) = mention {
                                declared.insert(local);
                            }
                        });
                    });
                    turns.extend(fresh.iter().map(|l| (*l, declared.clone())));
                }
                _ => {}
            }
            mentions(node, &mut |mention| {
                if let Mention::Local(local, Access::Write | Access::ReadWrite | Access::Declare) = mention {
                    *writes.entry(local).or_default() += 1;
                }
            });
        });
    }
    for (local, function) in closures {
        let own = m.function(function).parent == Some(m.local(local).owner);
        // A direct call passes what the variables hold at the call; a closure of a loop's head keeps the binding of the first turn.
        let outlives = turns.iter().any(|(fresh, turn)| !turn.contains(&local) && names_local(m, function, *fresh));
        if writes.get(&local) == Some(&1) && own && !outlives {
            facts.known_locals.insert(local, Known { function, checked: m.local(local).checked });
        }
    }
}

/// Whether the function, or one made in it, names the local.
fn names_local(m: &Module, function: FnId, local: LocalId) -> bool {
    let mut found = false;
    let mut work = vec![function];
    while let Some(f) = work.pop() {
        visit::walk_mentions(m.function(f), &mut |mention, _| match mention {
            Mention::Local(l, _) => found |= l == local,
            Mention::Function(made) => work.push(made),
            Mention::Global(..) | Mention::Import(_) => {}
        });
    }
    found
}

fn note_closure(local: LocalId, value: &Expr, closures: &mut HashMap<LocalId, FnId>) {
    if let ExprKind::Closure(f) = value.kind {
        closures.insert(local, f);
    }
}

/// What one function's own body names.
#[derive(Default)]
struct Scan {
    /// Locals of other functions, callees of known calls apart.
    locals: BTreeSet<LocalId>,
    /// Locals read as values.
    reads: HashSet<LocalId>,
    calls: Vec<(LocalId, FnId)>,
    makes: Vec<FnId>,
    holds: Vec<(FnId, Option<Holder>)>,
    reads_callee: bool,
}

fn scan(m: &Module, facts: &ModuleFacts, id: FnId) -> Scan {
    let mut scan = Scan::default();
    let mut work: Vec<Node<'_>> = m.function(id).body.iter().map(Node::Stmt).collect();
    while let Some(node) = work.pop() {
        match node {
            Node::Expr(Expr { kind: ExprKind::Call { callee, args }, .. }) if args.iter().all(|a| matches!(a, Arg::Value(_))) => {
                let callee_seen = match &callee.kind {
                    ExprKind::Local(local) => facts.known_locals.get(local).map(|known| scan.calls.push((*local, known.function))).is_some(),
                    ExprKind::Callee => true,
                    _ => false,
                };
                if callee_seen {
                    work.extend(args.iter().map(|a| match a {
                        Arg::Value(e) | Arg::Spread(e) => Node::Expr(e),
                    }));
                    continue;
                }
            }
            Node::Stmt(Stmt { kind: StmtKind::Let(local, Some(Expr { kind: ExprKind::Closure(f), .. })), .. }) => {
                scan.holds.push((*f, Some(Holder::Local(*local))));
                scan.makes.push(*f);
                continue;
            }
            Node::Stmt(Stmt { kind: StmtKind::Expr(Expr { kind: ExprKind::Assign(place, value), .. }), .. }) => {
                if let ExprKind::Closure(f) = value.kind {
                    let holder = match place {
                        Place::Local(local) => Some(Holder::Local(*local)),
                        Place::Global(global) => Some(Holder::Global(*global)),
                        _ => None,
                    };
                    if holder.is_some() {
                        scan.holds.push((f, holder));
                        scan.makes.push(f);
                        if let Place::Local(local) = place
                            && m.local(*local).owner != id
                        {
                            scan.locals.insert(*local);
                        }
                        continue;
                    }
                }
            }
            Node::Expr(Expr { kind: ExprKind::Callee, .. }) => scan.reads_callee = true,
            _ => {}
        }
        mentions(node, &mut |mention| match mention {
            Mention::Local(local, access) => {
                if m.local(local).owner != id {
                    scan.locals.insert(local);
                }
                if matches!(access, Access::Read | Access::ReadWrite) {
                    scan.reads.insert(local);
                }
            }
            Mention::Function(f) => {
                scan.holds.push((f, None));
                scan.makes.push(f);
            }
            Mention::Global(..) | Mention::Import(_) => {}
        });
        children(node, &mut |child| work.push(child));
    }
    scan
}

fn find_class_cells(m: &Module, facts: &mut ModuleFacts) {
    for f in &m.functions {
        walk(&f.body, &mut |node| {
            let Node::Expr(Expr { kind: ExprKind::Class(class), .. }) = node else { return };
            let bound = [class.binding, class.home_static, class.home_proto].into_iter().flatten();
            let keys = class.members.iter().filter_map(|member| match &member.kind {
                MemberKind::FieldKey(local, _) | MemberKind::FieldInit(local, _) => Some(*local),
                _ => None,
            });
            let captured: Vec<LocalId> = bound.chain(keys).filter(|l| m.local(*l).captured).collect();
            facts.late_cells.extend(captured);
        });
    }
}

/// A closure also captures what its direct callees capture. Lowering, which decides by names what may be captured early, does
/// not know of those, so a variable set after such a closure was made would stay undefined in it.
fn find_passed_cells(m: &Module, facts: &mut ModuleFacts) {
    for (owner, function) in m.functions.iter().enumerate() {
        let mut unset: HashSet<LocalId> = HashSet::new();
        let declared_here = |l: &LocalId| m.local(*l).captured && !facts.is_cell(m, *l);
        walk(&function.body, &mut |node| {
            if let Node::Stmt(Stmt { kind: StmtKind::Let(local, _), .. }) = node {
                unset.extend(Some(*local).filter(declared_here));
            }
        });
        if unset.is_empty() {
            continue;
        }
        let mut late: Vec<LocalId> = Vec::new();
        let mut make = |f: FnId, unset: &HashSet<LocalId>| {
            let passed = facts.captures(f).iter().filter(|l| m.local(**l).owner.index() == owner && unset.contains(l));
            late.extend(passed);
        };
        walk(&function.body, &mut |node| {
            if let Node::Stmt(Stmt { kind: StmtKind::Let(local, value), .. }) = node
                && unset.contains(local)
            {
                // The value's own closures come first: they are made before the variable is set.
                if let Some(value) = value {
                    walk_expr(value, &mut |inner| {
                        mentions(inner, &mut |mention| {
                            if let Mention::Function(f) = mention {
                                make(f, &unset);
                            }
                        });
                    });
                }
                unset.remove(local);
            }
            mentions(node, &mut |mention| {
                if let Mention::Function(f) = mention {
                    make(f, &unset);
                }
            });
        });
        facts.late_cells.extend(late);
    }
}

fn find_iterators(m: &Module, facts: &mut ModuleFacts) {
    let mut opened = HashSet::new();
    let mut reads: HashMap<LocalId, i32> = HashMap::new();
    for f in &m.functions {
        walk(&f.body, &mut |node| {
            match node {
                Node::Stmt(Stmt { kind: StmtKind::Let(local, Some(Expr { kind: ExprKind::Runtime("iter_open", _), .. })), .. }) => {
                    opened.insert(*local);
                }
                Node::Expr(Expr { kind: ExprKind::Runtime("iter_next" | "iter_rest" | "iter_close", args), .. }) => {
                    if let [Expr { kind: ExprKind::Local(local), .. }] = args.as_slice() {
                        *reads.entry(*local).or_default() -= 1;
                    }
                }
                _ => {}
            }
            mentions(node, &mut |mention| {
                if let Mention::Local(local, access) = mention {
                    *reads.entry(local).or_default() += i32::from(access != Access::Declare);
                }
            });
        });
    }
    let plain = |local: &LocalId| {
        let l = m.local(*local);
        !l.captured && !l.checked && !l.assigned && reads.get(local) == Some(&0)
    };
    facts.iterators = opened.into_iter().filter(plain).collect();
}
