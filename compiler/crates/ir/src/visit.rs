//! Walking trees.
//!
//! `children` and `children_mut` are the one place that knows which nodes a node holds; every other pass is written on them, so
//! that a new node is a compile error here and nowhere forgotten. Children come in evaluation order. Functions nested in a
//! function are not its children: they are [`Mention::Function`]s.
//!
//! [`walk`] keeps its work list on the heap. Passes that must recurse may: `verify` bounds the depth of every tree by
//! [`crate::MAX_DEPTH`], and the compiler runs on a thread whose stack holds that depth.

use crate::*;

/// A statement or an expression, by reference.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
}

impl Node<'_> {
    pub fn span(&self) -> Span {
        match self {
            Node::Stmt(s) => s.span,
            Node::Expr(e) => e.span,
        }
    }
}

/// A statement or an expression, to change.
#[derive(Debug)]
pub enum NodeMut<'a> {
    Stmt(&'a mut Stmt),
    Expr(&'a mut Expr),
}

/// Something outside the tree that a node names directly (its children name theirs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention {
    Local(LocalId, Access),
    Global(GlobalId, Access),
    Import(ImportId),
    /// The node makes a function object of it.
    Function(FnId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    /// `op=`, `++`: the old value is read.
    ReadWrite,
    /// Brings the binding to life.
    Declare,
}

macro_rules! kind {
    (children, $x:expr) => {
        &$x.kind
    };
    (children_mut, $x:expr) => {
        &mut $x.kind
    };
}

macro_rules! deref {
    (children, $x:expr) => {
        &**$x
    };
    (children_mut, $x:expr) => {
        &mut **$x
    };
}

/// Writes both walkers from one table, so that they cannot disagree. `$node` names the node type, `$iter` the iterator method.
macro_rules! children {
    ($name:ident, $place:ident, $args:ident, $key:ident, $node:ident, $expr:ty, $stmt:ty, $placety:ty, $argty:ty, $keyty:ty, $iter:ident, $as_ref:ident) => {
        /// The direct children in evaluation order.
        pub fn $name<'a>(node: $node<'a>, f: &mut dyn FnMut($node<'a>)) {
            macro_rules! e {
                ($x:expr) => {
                    f($node::Expr($x))
                };
            }
            macro_rules! block {
                ($x:expr) => {
                    for s in $x.$iter() {
                        f($node::Stmt(s));
                    }
                };
            }
            match node {
                $node::Stmt(stmt) => {
                    let stmt: $stmt = stmt;
                    match kind!($name, stmt) {
                        StmtKind::Expr(x) | StmtKind::Throw(x) | StmtKind::WriteHole(_, x) | StmtKind::WriteRaw(x) | StmtKind::WriteAttrs(x) => e!(x),
                        StmtKind::Let(_, x) | StmtKind::Return(x) => {
                            if let Some(x) = x {
                                e!(x);
                            }
                        }
                        StmtKind::Block(b) => block!(b),
                        StmtKind::If { test, lang: _, then, otherwise } => {
                            e!(test);
                            block!(then);
                            block!(otherwise);
                        }
                        StmtKind::Loop { label: _, lang: _, test, body, post_test, update, fresh: _ } => {
                            if let Some(x) = test {
                                e!(x);
                            }
                            block!(body);
                            if let Some(x) = post_test {
                                e!(x);
                            }
                            if let Some(x) = update {
                                e!(x);
                            }
                        }
                        StmtKind::ForOf { label: _, lang: _, item: _, iterable, body, is_await: _ } => {
                            e!(iterable);
                            block!(body);
                        }
                        StmtKind::ForIn { label: _, item: _, object, body } => {
                            e!(object);
                            block!(body);
                        }
                        StmtKind::Labeled { label: _, body } => block!(body),
                        StmtKind::Switch { label: _, discriminant, cases } => {
                            e!(discriminant);
                            for case in cases.$iter() {
                                if let Some(x) = case.test.$as_ref() {
                                    e!(x);
                                }
                                block!(case.body);
                            }
                        }
                        StmtKind::Break(_) | StmtKind::Continue(_) | StmtKind::Write(_) | StmtKind::WriteSlot(_) | StmtKind::WriteCsrf => {}
                        StmtKind::Try { body, catch, finally } => {
                            block!(body);
                            if let Some(catch) = catch {
                                block!(catch.body);
                            }
                            if let Some(finally) = finally {
                                block!(finally);
                            }
                        }
                        StmtKind::WriteAttr { name: _, kind: _, value } => e!(value),
                        StmtKind::Each { list, item: _, index: _, body } => {
                            e!(list);
                            block!(body);
                        }
                        StmtKind::Component { component: _, props, children, key, site: _ } => {
                            e!(props);
                            if let Some(x) = children {
                                e!(x);
                            }
                            if let Some(x) = key {
                                e!(x);
                            }
                        }
                    }
                }
                $node::Expr(expr) => {
                    let expr: $expr = expr;
                    match kind!($name, expr) {
                        ExprKind::Undefined
                        | ExprKind::Null
                        | ExprKind::Bool(_)
                        | ExprKind::Num(_)
                        | ExprKind::Str(_)
                        | ExprKind::BigInt(_)
                        | ExprKind::Regex { source: _, flags: _ }
                        | ExprKind::Local(_)
                        | ExprKind::Global(_)
                        | ExprKind::Import(_)
                        | ExprKind::Builtin(_)
                        | ExprKind::TypeofBuiltin(_)
                        | ExprKind::This
                        | ExprKind::NewTarget
                        | ExprKind::Callee
                        | ExprKind::Arguments
                        | ExprKind::ImportDynamic(_)
                        | ExprKind::Closure(_) => {}
                        ExprKind::Unary(_, _, x)
                        | ExprKind::Get(x, _)
                        | ExprKind::GetSafe(x, _)
                        | ExprKind::GetPrivate(x, _)
                        | ExprKind::HasPrivate(x, _)
                        | ExprKind::OptionalChain(x)
                        | ExprKind::OptionalLink(x)
                        | ExprKind::Await(x)
                        | ExprKind::Yield(x)
                        | ExprKind::YieldStar(x) => e!(x),
                        ExprKind::Binary(_, _, a, b)
                        | ExprKind::Logical(_, _, a, b)
                        | ExprKind::Index(_, a, b)
                        | ExprKind::IndexSafe(a, b) => {
                            e!(a);
                            e!(b);
                        }
                        ExprKind::Cond(test) => {
                            let Test { test, then, otherwise, lang: _ } = deref!($name, test);
                            e!(test);
                            e!(then);
                            e!(otherwise);
                        }
                        ExprKind::Concat(_, items) | ExprKind::Runtime(_, items) | ExprKind::Seq(items) => {
                            for x in items.$iter() {
                                e!(x);
                            }
                        }
                        ExprKind::Assign(place, value) | ExprKind::AssignOp(_, _, place, value) | ExprKind::AssignLogical(_, _, place, value) => {
                            $place(place, f);
                            f($node::Expr(value));
                        }
                        ExprKind::Update { place, delta: _, prefix: _ } | ExprKind::Delete(place) => $place(place, f),
                        ExprKind::GetSuper { this, home, key } => {
                            e!(this);
                            e!(home);
                            e!(key);
                        }
                        ExprKind::Call { callee, args } | ExprKind::New { callee, args } => {
                            e!(callee);
                            $args(args, f);
                        }
                        ExprKind::CallMethod { recv, name: _, args, safe: _ } => {
                            e!(recv);
                            $args(args, f);
                        }
                        ExprKind::CallIndex { recv, key, args } => {
                            e!(recv);
                            e!(key);
                            $args(args, f);
                        }
                        ExprKind::CallWithThis { callee, this, args } => {
                            e!(callee);
                            e!(this);
                            $args(args, f);
                        }
                        ExprKind::CallSuper { callee, new_target, args } => {
                            e!(callee);
                            e!(new_target);
                            $args(args, f);
                        }
                        ExprKind::Class(class) => {
                            let Class { name: _, binding: _, parent, constructor: _, privates: _, home_static: _, home_proto: _, members } = deref!($name, class);
                            if let Some(x) = parent {
                                e!(x);
                            }
                            for member in members {
                                match kind!($name, member) {
                                    MemberKind::Method(key, _)
                                    | MemberKind::Getter(key, _)
                                    | MemberKind::Setter(key, _)
                                    | MemberKind::StaticField(key, _) => $key(key, f),
                                    MemberKind::FieldKey(_, x) => e!(x),
                                    MemberKind::StaticBlock(_) | MemberKind::FieldInit(_, _) => {}
                                }
                            }
                        }
                        ExprKind::Array(_, elements) => {
                            for element in elements.$iter() {
                                match element {
                                    Element::Value(x) | Element::Spread(x) => e!(x),
                                    Element::Hole => {}
                                }
                            }
                        }
                        ExprKind::Object(_, properties) => {
                            for property in properties.$iter() {
                                match property {
                                    Property::Value(key, x) => {
                                        $key(key, f);
                                        f($node::Expr(x));
                                    }
                                    Property::Method(key, _) | Property::Getter(key, _) | Property::Setter(key, _) => $key(key, f),
                                    Property::Proto(x) | Property::Spread(x) => e!(x),
                                }
                            }
                        }
                        ExprKind::Do(block, value) => {
                            block!(block);
                            e!(value);
                        }
                        ExprKind::Markup(block) => block!(block),
                    }
                }
            }
        }

        fn $place<'a>(place: $placety, f: &mut dyn FnMut($node<'a>)) {
            match place {
                Place::Local(_) | Place::Global(_) | Place::Unknown(_) => {}
                Place::Get(object, _) | Place::Private(object, _) => f($node::Expr(object)),
                Place::Index(_, object, key) => {
                    f($node::Expr(object));
                    f($node::Expr(key));
                }
                Place::Super { this, home, key } => {
                    f($node::Expr(this));
                    f($node::Expr(home));
                    f($node::Expr(key));
                }
            }
        }

        fn $args<'a>(args: $argty, f: &mut dyn FnMut($node<'a>)) {
            for arg in args {
                match arg {
                    Arg::Value(x) | Arg::Spread(x) => f($node::Expr(x)),
                }
            }
        }

        fn $key<'a>(key: $keyty, f: &mut dyn FnMut($node<'a>)) {
            match key {
                Key::Computed(x) => f($node::Expr(x)),
                Key::Name(_) | Key::Private(_) => {}
            }
        }
    };
}

children!(children, place_children, arg_children, key_children, Node, &'a Expr, &'a Stmt, &'a Place, &'a [Arg], &'a Key, iter, as_ref);
children!(
    children_mut,
    place_children_mut,
    arg_children_mut,
    key_children_mut,
    NodeMut,
    &'a mut Expr,
    &'a mut Stmt,
    &'a mut Place,
    &'a mut [Arg],
    &'a mut Key,
    iter_mut,
    as_mut
);

/// What the node itself names, in evaluation order as far as it matters.
pub fn mentions(node: Node<'_>, f: &mut dyn FnMut(Mention)) {
    let declare = |id: LocalId| Mention::Local(id, Access::Declare);
    match node {
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::Let(id, _) => f(declare(*id)),
            StmtKind::Loop { fresh, .. } => fresh.iter().for_each(|id| f(Mention::Local(*id, Access::ReadWrite))),
            StmtKind::ForOf { item, .. } | StmtKind::ForIn { item, .. } => f(declare(*item)),
            StmtKind::Try { catch: Some(Catch { binding: Some(id), .. }), .. } => f(declare(*id)),
            StmtKind::Each { item, index, .. } => {
                f(declare(*item));
                if let Some(index) = index {
                    f(declare(*index));
                }
            }
            StmtKind::Expr(_)
            | StmtKind::Block(_)
            | StmtKind::If { .. }
            | StmtKind::Labeled { .. }
            | StmtKind::Switch { .. }
            | StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Return(_)
            | StmtKind::Throw(_)
            | StmtKind::Try { .. }
            | StmtKind::Write(_)
            | StmtKind::WriteHole(..)
            | StmtKind::WriteRaw(_)
            | StmtKind::WriteAttr { .. }
            | StmtKind::WriteAttrs(_)
            | StmtKind::Component { .. }
            | StmtKind::WriteSlot(_)
            | StmtKind::WriteCsrf => {}
        },
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Local(id) => f(Mention::Local(*id, Access::Read)),
            ExprKind::Global(id) => f(Mention::Global(*id, Access::Read)),
            ExprKind::Import(id) | ExprKind::ImportDynamic(id) => f(Mention::Import(*id)),
            ExprKind::GetPrivate(_, id) | ExprKind::HasPrivate(_, id) => f(Mention::Local(*id, Access::Read)),
            ExprKind::Assign(place, _) => place_mention(place, Access::Write, f),
            ExprKind::AssignOp(_, _, place, _) | ExprKind::AssignLogical(_, _, place, _) | ExprKind::Update { place, .. } => {
                place_mention(place, Access::ReadWrite, f);
            }
            ExprKind::Delete(place) => place_mention(place, Access::Read, f),
            ExprKind::Closure(id) => f(Mention::Function(*id)),
            ExprKind::Class(class) => class_mentions(class, f),
            ExprKind::Object(_, properties) => {
                for property in properties {
                    match property {
                        Property::Method(key, id) | Property::Getter(key, id) | Property::Setter(key, id) => {
                            key_mention(key, f);
                            f(Mention::Function(*id));
                        }
                        Property::Value(key, _) => key_mention(key, f),
                        Property::Proto(_) | Property::Spread(_) => {}
                    }
                }
            }
            ExprKind::Undefined
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Num(_)
            | ExprKind::Str(_)
            | ExprKind::BigInt(_)
            | ExprKind::Regex { .. }
            | ExprKind::Builtin(_)
            | ExprKind::TypeofBuiltin(_)
            | ExprKind::This
            | ExprKind::NewTarget
            | ExprKind::Callee
            | ExprKind::Arguments
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Logical(..)
            | ExprKind::Cond(_)
            | ExprKind::Concat(..)
            | ExprKind::Get(..)
            | ExprKind::Index(..)
            | ExprKind::GetSafe(..)
            | ExprKind::IndexSafe(..)
            | ExprKind::GetSuper { .. }
            | ExprKind::OptionalChain(_)
            | ExprKind::OptionalLink(_)
            | ExprKind::Call { .. }
            | ExprKind::CallMethod { .. }
            | ExprKind::CallIndex { .. }
            | ExprKind::CallWithThis { .. }
            | ExprKind::New { .. }
            | ExprKind::CallSuper { .. }
            | ExprKind::Runtime(..)
            | ExprKind::Array(..)
            | ExprKind::Seq(_)
            | ExprKind::Await(_)
            | ExprKind::Yield(_)
            | ExprKind::YieldStar(_)
            | ExprKind::Do(..)
            | ExprKind::Markup(_) => {}
        },
    }
}

fn place_mention(place: &Place, access: Access, f: &mut dyn FnMut(Mention)) {
    match place {
        Place::Local(id) => f(Mention::Local(*id, access)),
        Place::Global(id) => f(Mention::Global(*id, access)),
        // The private symbol is read whatever happens to the member.
        Place::Private(_, id) => f(Mention::Local(*id, Access::Read)),
        Place::Get(..) | Place::Index(..) | Place::Super { .. } | Place::Unknown(_) => {}
    }
}

fn key_mention(key: &Key, f: &mut dyn FnMut(Mention)) {
    if let Key::Private(id) = key {
        f(Mention::Local(*id, Access::Read));
    }
}

fn class_mentions(class: &Class, f: &mut dyn FnMut(Mention)) {
    let bindings = [class.binding, class.home_static, class.home_proto];
    for id in class.privates.iter().map(|(id, _)| *id).chain(bindings.into_iter().flatten()) {
        f(Mention::Local(id, Access::Declare));
    }
    f(Mention::Function(class.constructor));
    for member in &class.members {
        match &member.kind {
            MemberKind::Method(key, id) | MemberKind::Getter(key, id) | MemberKind::Setter(key, id) | MemberKind::StaticField(key, id) => {
                key_mention(key, f);
                f(Mention::Function(*id));
            }
            MemberKind::FieldKey(local, _) => f(Mention::Local(*local, Access::Declare)),
            MemberKind::StaticBlock(id) => f(Mention::Function(*id)),
            MemberKind::FieldInit(local, id) => {
                f(Mention::Local(*local, Access::Declare));
                f(Mention::Function(*id));
            }
        }
    }
}

/// Every node of a block, parents first, in source order; nested functions excluded.
pub fn walk<'a>(block: &'a [Stmt], f: &mut dyn FnMut(Node<'a>)) {
    let mut work: Vec<Node<'a>> = block.iter().rev().map(Node::Stmt).collect();
    while let Some(node) = work.pop() {
        f(node);
        let first = work.len();
        children(node, &mut |child| work.push(child));
        work[first..].reverse();
    }
}

/// Every node of an expression, parents first.
pub fn walk_expr<'a>(expr: &'a Expr, f: &mut dyn FnMut(Node<'a>)) {
    let mut work = vec![Node::Expr(expr)];
    while let Some(node) = work.pop() {
        f(node);
        let first = work.len();
        children(node, &mut |child| work.push(child));
        work[first..].reverse();
    }
}

/// Everything a function's own body names, nested functions excluded.
pub fn walk_mentions(function: &Function, f: &mut dyn FnMut(Mention, Span)) {
    walk(&function.body, &mut |node| mentions(node, &mut |mention| f(mention, node.span())));
}

/// Changes every expression of a block, parents first; nested functions excluded.
pub fn walk_exprs_mut(block: &mut [Stmt], f: &mut dyn FnMut(&mut Expr)) {
    let mut work: Vec<NodeMut<'_>> = block.iter_mut().map(NodeMut::Stmt).collect();
    while let Some(mut node) = work.pop() {
        if let NodeMut::Expr(e) = &mut node {
            f(e);
        }
        children_mut(node, &mut |child| work.push(child));
    }
}
