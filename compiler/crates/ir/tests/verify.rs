//! Each rule of `docs/ir.md` fires on a module that breaks it, and on nothing else.

use puremix_ir::*;

const FILE: FileId = FileId(0);

fn span() -> Span {
    Span::new(FILE, 0, 0)
}

fn e(kind: ExprKind) -> Expr {
    Expr::new(kind, span())
}

fn s(kind: StmtKind) -> Stmt {
    Stmt::new(kind, span())
}

fn num(n: f64) -> Expr {
    e(ExprKind::Num(n))
}

fn read(local: u32) -> Expr {
    e(ExprKind::Local(LocalId(local)))
}

fn stmt(expr: Expr) -> Stmt {
    s(StmtKind::Expr(expr))
}

fn function(parent: Option<u32>, kind: FnKind, body: Block) -> Function {
    Function {
        name: "".into(),
        parent: parent.map(FnId),
        kind,
        is_async: false,
        is_generator: false,
        params: Vec::new(),
        rest: None,
        length: 0,
        body,
        uses: Uses::default(),
        head: 0,
        direct_only: false,
        ret: Ty::Any,
        span: span(),
    }
}

fn local(owner: u32) -> Local {
    Local {
        name: "x".into(),
        owner: FnId(owner),
        is_const: false,
        checked: false,
        captured: false,
        assigned: false,
        ty: Ty::Any,
        span: span(),
    }
}

/// An initialiser `fn0` that makes `fn1` with this body; `fn1` owns `x%0` and has no parameters.
fn module(body: Block) -> Module {
    let made = s(StmtKind::Expr(e(ExprKind::Closure(FnId(1)))));
    Module {
        functions: vec![function(None, FnKind::ModuleInit, vec![made]), function(Some(0), FnKind::Function, body)],
        locals: vec![local(1)],
        ..Module::empty(FILE, "test.js", Lang::Js)
    }
}

fn declare(value: Option<Expr>) -> Stmt {
    s(StmtKind::Let(LocalId(0), value))
}

/// `fn1` with a nested `fn2` of this body.
fn nested(outer: Block, inner: Block) -> Module {
    let mut m = module(outer);
    m.functions.push(function(Some(1), FnKind::Arrow, inner));
    m
}

#[track_caller]
fn breaks(rule: &str, module: Module) {
    let found = verify_module(&module);
    assert!(!found.is_empty(), "nothing found\n{}", print_module(&module));
    for violation in found {
        assert_eq!(violation.rule, rule, "{violation}\n{}", print_module(&module));
    }
}

#[track_caller]
fn holds(module: Module) {
    let found = verify_module(&module);
    assert!(found.is_empty(), "{found:?}\n{}", print_module(&module));
}

#[test]
fn tables() {
    breaks("tables", Module { init: FnId(9), ..module(vec![]) });
    let global = Global {
        name: "g".into(),
        is_const: false,
        checked: false,
        assigned: true,
        function: Some(FnId(1)),
        hoisted: false,
        ty: Ty::Any,
        constant: None,
        span: span(),
    };
    breaks("tables", Module { globals: vec![global.clone()], ..module(vec![]) });
    let global = Global { assigned: false, ..global };
    let export = Export::Global { name: "a".into(), global: GlobalId(0), span: span() };
    holds(Module { globals: vec![global.clone()], exports: vec![export.clone()], ..module(vec![]) });
    breaks("tables", Module { globals: vec![global], exports: vec![export.clone(), export.clone()], ..module(vec![]) });
    breaks("tables", Module { exports: vec![export], ..module(vec![]) });
    let page = app::PageTable { render: Some(FnId(1)), ..Default::default() };
    breaks("tables", Module { page: Some(page), ..module(vec![]) });
}

#[test]
fn depth() {
    let deep = |n: usize| (0..n).fold(num(1.0), |inner, _| e(ExprKind::Unary(UnaryOp::Not, Lang::Js, inner.boxed())));
    std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(move || {
            holds(module(vec![stmt(deep(MAX_DEPTH - 2))]));
            breaks("depth", module(vec![stmt(deep(MAX_DEPTH))]));
        })
        .expect("a thread starts")
        .join()
        .expect("the checks hold");
}

#[test]
fn ids() {
    breaks("ids", module(vec![stmt(read(7))]));
    breaks("ids", module(vec![stmt(e(ExprKind::Global(GlobalId(0))))]));
    breaks("ids", module(vec![stmt(e(ExprKind::Import(ImportId(0))))]));
    breaks("ids", module(vec![stmt(e(ExprKind::Closure(FnId(5))))]));
    // Made by another than its parent.
    breaks("ids", module(vec![stmt(e(ExprKind::Closure(FnId(1))))]));
}

#[test]
fn tree() {
    let mut orphan = module(vec![]);
    orphan.functions[1].parent = None;
    orphan.functions[0].body.clear();
    breaks("tree", orphan);
    let mut circle = nested(vec![], vec![]);
    circle.functions[1].parent = Some(FnId(2));
    circle.functions[0].body.clear();
    breaks("tree", circle);
    let mut long = module(vec![]);
    long.functions[1].length = 1;
    breaks("tree", long);
}

#[test]
fn scope() {
    holds(module(vec![declare(None), stmt(read(0))]));
    breaks("scope", module(vec![stmt(read(0))]));
    breaks("scope", module(vec![s(StmtKind::Block(vec![declare(None)])), stmt(read(0))]));
    breaks("scope", module(vec![declare(None), declare(None)]));
    // Read before the declaration.
    breaks("scope", module(vec![stmt(read(0)), declare(None)]));
    let mut checked = module(vec![stmt(read(0)), declare(None)]);
    checked.locals[0].checked = true;
    holds(checked);
    // `Do` shows its declarations to its value, not beyond.
    holds(module(vec![stmt(e(ExprKind::Do(vec![declare(None)], read(0).boxed())))]));
    breaks("scope", module(vec![stmt(e(ExprKind::Do(vec![declare(None)], num(1.0).boxed()))), stmt(read(0))]));
    let repeat = |test| StmtKind::Loop {
        label: LabelId(0),
        lang: Lang::Js,
        test,
        body: vec![declare(None)],
        post_test: None,
        update: None,
        fresh: vec![],
    };
    holds(module(vec![s(repeat(None))]));
    breaks("scope", module(vec![s(repeat(Some(read(0))))]));
    let mut fresh = repeat(None);
    if let StmtKind::Loop { fresh, .. } = &mut fresh {
        fresh.push(LocalId(0));
    }
    let mut m = module(vec![s(fresh)]);
    m.locals[0].assigned = true;
    breaks("scope", m);
    // A declaration of another function's local.
    let mut foreign = nested(vec![stmt(e(ExprKind::Closure(FnId(2))))], vec![declare(None)]);
    foreign.locals[0].owner = FnId(1);
    breaks("scope", foreign);
}

#[test]
fn capture() {
    let captures = |flags: fn(&mut Local), outer: Block| {
        let mut m = nested(outer, vec![stmt(read(0))]);
        flags(&mut m.locals[0]);
        m
    };
    let make = || stmt(e(ExprKind::Closure(FnId(2))));
    holds(captures(|l| l.captured = true, vec![declare(None), make()]));
    breaks("capture", captures(|_| {}, vec![declare(None), make()]));
    breaks("capture", captures(|l| l.captured = true, vec![make(), declare(None)]));
    holds(captures(|l| (l.captured, l.checked) = (true, true), vec![make(), declare(None)]));
    // Without a closure nothing can be captured.
    breaks("scope", captures(|l| l.captured = true, vec![declare(None)]));
    let assign = || stmt(e(ExprKind::Assign(Place::Local(LocalId(0)), num(1.0).boxed())));
    breaks("capture", module(vec![declare(None), assign()]));
    let mut assigned = module(vec![declare(None), assign()]);
    assigned.locals[0].assigned = true;
    holds(assigned);
}

#[test]
fn jump() {
    let labelled = |body| s(StmtKind::Labeled { label: LabelId(0), body });
    holds(module(vec![labelled(vec![s(StmtKind::Break(LabelId(0)))])]));
    breaks("jump", module(vec![s(StmtKind::Break(LabelId(0)))]));
    breaks("jump", module(vec![labelled(vec![s(StmtKind::Continue(LabelId(0)))])]));
    breaks("jump", module(vec![labelled(vec![]), labelled(vec![])]));
    let markup = |body| stmt(e(ExprKind::Markup(body)));
    breaks("jump", module(vec![labelled(vec![markup(vec![s(StmtKind::Break(LabelId(0)))])])]));
    breaks("jump", module(vec![markup(vec![s(StmtKind::Return(None))])]));
    breaks("jump", module(vec![s(StmtKind::Try { body: vec![], catch: None, finally: None })]));
    let case = || Case { test: None, body: vec![] };
    breaks("jump", module(vec![s(StmtKind::Switch { label: LabelId(0), discriminant: num(1.0), cases: vec![case(), case()] })]));
    let mut render = module(vec![s(StmtKind::Return(Some(num(1.0))))]);
    render.functions[1].kind = FnKind::Render;
    breaks("jump", render);
}

#[test]
fn suspend() {
    for kind in [ExprKind::Await(num(1.0).boxed()), ExprKind::Yield(num(1.0).boxed()), ExprKind::YieldStar(num(1.0).boxed())] {
        breaks("suspend", module(vec![stmt(e(kind.clone()))]));
        let mut m = module(vec![stmt(e(kind))]);
        (m.functions[1].is_async, m.functions[1].is_generator) = (true, true);
        holds(m);
    }
}

#[test]
fn uses() {
    let this = || vec![stmt(e(ExprKind::This))];
    breaks("uses", module(this()));
    let mut told = module(this());
    told.functions[1].uses.this = true;
    holds(told.clone());
    told.functions[1].body.clear();
    breaks("uses", told.clone());
    let mut arrow = module(this());
    arrow.functions[1].kind = FnKind::Arrow;
    breaks("uses", arrow);
}

#[test]
fn template() {
    let write = || s(StmtKind::Write("a".into()));
    breaks("template", module(vec![write()]));
    holds(module(vec![stmt(e(ExprKind::Markup(vec![write()])))]));
    let mut render = module(vec![write()]);
    render.functions[1].kind = FnKind::Render;
    holds(render);
}

#[test]
fn chain() {
    let link = || e(ExprKind::OptionalLink(num(1.0).boxed()));
    breaks("chain", module(vec![stmt(link())]));
    holds(module(vec![stmt(e(ExprKind::OptionalChain(link().boxed())))]));
}

#[test]
fn class() {
    let class = |parent| {
        let class = Class {
            name: "C".into(),
            binding: Some(LocalId(0)),
            parent,
            constructor: FnId(2),
            privates: vec![],
            home_static: None,
            home_proto: None,
            members: vec![],
        };
        let mut m = nested(vec![stmt(e(ExprKind::Class(Box::new(class))))], vec![]);
        m.functions[2].kind = FnKind::BaseConstructor;
        m
    };
    holds(class(None));
    breaks("class", class(Some(num(1.0))));
}

#[test]
fn name() {
    let get = |name: &str| module(vec![stmt(e(ExprKind::Get(num(1.0).boxed(), name.into())))]);
    for index in ["0", "7", "4294967294"] {
        breaks("name", get(index));
    }
    for name in ["a", "", "00", "-1", "4294967295", "1.5"] {
        holds(get(name));
    }
}

#[test]
fn literal() {
    breaks("literal", module(vec![stmt(e(ExprKind::Str(Text::Wide([97].into()))))]));
    holds(module(vec![stmt(e(ExprKind::Str(Text::Wide([0xd800].into()))))]));
    breaks("literal", module(vec![stmt(e(ExprKind::BigInt("1x".into())))]));
    breaks("literal", module(vec![stmt(e(ExprKind::Seq(vec![])))]));
}

#[test]
fn runtime() {
    breaks("runtime", module(vec![stmt(e(ExprKind::Runtime("no_such_operation", vec![])))]));
    breaks("runtime", module(vec![stmt(e(ExprKind::Runtime("iter_open", vec![])))]));
    holds(module(vec![stmt(e(ExprKind::Runtime("iter_open", vec![num(1.0)])))]));
}

#[test]
fn types() {
    let typed = |ty: Ty, value: Ty| {
        let mut m = module(vec![declare(Some(Expr { ty: value, ..num(1.0) }))]);
        m.locals[0].ty = ty;
        m
    };
    holds(typed(Ty::Num, Ty::Int));
    holds(typed(Ty::Any, Ty::Num));
    breaks("types", typed(Ty::Int, Ty::Num));
    breaks("types", typed(Ty::Any, Ty::Str));
}

#[test]
fn link() {
    let mut m = module(vec![]);
    m.requests.push(Request {
        specifier: "./a".into(),
        span: span(),
        kind: RequestKind::Static,
        target: Target::Module(ModuleId(3)),
    });
    let found = verify_program(&Program { modules: vec![m.into()], order: vec![ModuleId(0), ModuleId(0)], app: Default::default() });
    assert_eq!(found.iter().map(|v| v.rule).collect::<Vec<_>>(), ["link", "link"]);
}
