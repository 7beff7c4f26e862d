//! `main.rs`: the app table.

use crate::EmitOptions;
use crate::facts::ModuleFacts;
use crate::function::signature;
use crate::module::{ModuleCode, global_path, module_name};
use crate::names;
use crate::rep::{Code, Rep, Want};
use crate::tables::Tables;
use proc_macro2::{Ident, Literal, TokenStream};
use puremix_ir::app::{App, AssetKind, HandlerRef, RouteKind, RouteSegment};
use puremix_ir::*;
use quote::quote;

/// The newest and only version of the contract this crate writes for.
const ABI: u32 = 11;

pub(crate) fn emit_main(program: &Program, tables: &Tables<'_>, modules: &[ModuleCode], options: &EmitOptions) -> TokenStream {
    let app: &App = &program.app;
    let mods = modules.iter().map(|m| {
        let name = names::ident(&m.name);
        quote!(mod #name;)
    });
    let atoms = tables.atom_names();
    let sites = tables.sites.iter().map(|site| {
        let (file, expression) = (tables.file_path(site.file), &site.expression);
        let (line, column) = (Literal::u32_unsuffixed(site.at.line), Literal::u32_unsuffixed(site.at.column));
        quote!(rt::Site { file: #file, line: #line, column: #column, expression: #expression })
    });
    let order = program.order.iter().filter(|id| !tables.is_lazy(**id)).map(|id| {
        let m = program.module(*id);
        let (module, path) = (names::ident(&module_name(program, *id)), &*m.path);
        let init = names::ident(&names::function(m.init.index(), &m.function(m.init).name));
        let started = match tables.started_slot(*id) {
            Some(slot) => {
                let slot = Literal::u32_unsuffixed(slot);
                quote!(Some(#slot))
            }
            None => quote!(None),
        };
        let is_esm = m.is_esm();
        quote!(rt::ModuleDef { path: #path, is_esm: #is_esm, init: &#module::#init, started: #started })
    });
    let routes = app.routes.iter().map(|route| emit_route(program, route));
    let assets = app.assets.iter().map(|asset| {
        let (url, source) = (&*asset.url, &*asset.source);
        let public = asset.kind == AssetKind::Public;
        let (content_type, etag) = (&*asset.content_type, &*asset.etag);
        // `cargo/build.rs` sets the variable: where the project lies is no part of the generated code.
        let bytes = match source.strip_prefix('/') {
            Some(_) => quote!(include_bytes!(#source)),
            None => {
                let below = format!("/{source}");
                quote!(include_bytes!(concat!(env!("PUREMIX_PROJECT"), #below)))
            }
        };
        quote!(rt::AssetDef { url: #url, public: #public, content_type: #content_type, etag: #etag, bytes: #bytes })
    });
    let page = |id: Option<ModuleId>| match id {
        Some(id) => {
            let module = names::ident(&module_name(program, id));
            quote!(Some(&#module::PAGE))
        }
        None => quote!(None),
    };
    let config = match app.config.and_then(|id| default_export(program, id).map(|g| (id, g))) {
        Some((id, global)) => {
            let slot = Literal::u32_unsuffixed(tables.global(id, global));
            quote!(Some(#slot))
        }
        None => quote!(None),
    };
    let middleware = match &app.middleware {
        Some(middleware) => {
            let module = names::ident(&module_name(program, middleware.module));
            quote!(Some(&#module::middleware))
        }
        None => quote!(None),
    };
    let python = app.python.iter().map(|python| {
        let (module, path, source) = (&*python.module, &*python.path, &*python.source);
        quote!(rt::PythonSource { module: #module, path: #path, source: #source })
    });
    let pins = app.pins.iter().map(|pin| &*pin.why);
    let workers = match app.workers {
        Some(n) => {
            let n = Literal::u32_unsuffixed(n);
            quote!(Some(#n))
        }
        None => quote!(None),
    };
    let (name, version, puremixc) = (&*app.name, &*app.version, &*options.version);
    let (inline_caches, globals) = (Literal::u32_unsuffixed(tables.inline_caches), Literal::u32_unsuffixed(tables.globals));
    let (not_found, server_error) = (page(app.not_found), page(app.server_error));
    let package = |capability: &Capability| names::ident(&format!("puremix_{}", capability.name()));
    let (fields, installs): (Vec<&Capability>, Vec<&Capability>) = app.capabilities.iter().partition(|c| c.usage().role == Role::Field);
    let fields = fields.iter().map(|capability| {
        let (field, package) = (names::ident(capability.name()), package(capability));
        quote!(#field: Some(::#package::provide))
    });
    let installs: Vec<_> = installs.iter().map(|capability| package(capability)).collect();
    let installs = (!installs.is_empty()).then(|| quote!(installs: &[#(::#installs::provide),*],));
    let abi = Literal::u32_unsuffixed(ABI);
    quote! {
        #![forbid(unsafe_code)]
        #![recursion_limit = "8192"]
        // The source declares what it does not use, jumps over what cannot be reached, and evaluates in parentheses.
        #![allow(dead_code, unused_variables, unused_assignments, unused_mut, unused_labels, unused_parens, unused_braces, unused_must_use, unused_imports, unreachable_code, invalid_nan_comparisons)]
        #![allow(clippy::all)]
        mod atoms;
        #(#mods)*
        use puremix_runtime::__rt as rt;
        const _: () = assert!(rt::ABI == #abi, "puremixc and its runtime are of different versions");
        static SITES: &[rt::Site] = &[rt::Site { file: "", line: 0, column: 0, expression: "" }, #(#sites),*];
        static APP: rt::AppDef = rt::AppDef {
            name: #name,
            version: #version,
            puremixc: #puremixc,
            atoms: &[#(#atoms),*],
            inline_caches: #inline_caches,
            globals: #globals,
            sites: SITES,
            modules: &[#(#order),*],
            routes: &[#(#routes),*],
            config: #config,
            middleware: #middleware,
            not_found: #not_found,
            server_error: #server_error,
            assets: &[#(#assets),*],
            pins: &[#(#pins),*],
            workers: #workers,
            capabilities: rt::Capabilities { #(#fields,)* #installs ..rt::Capabilities::NONE },
            python: &[#(#python),*],
        };
        fn main() {
            rt::main(&APP)
        }
    }
}

fn default_export(program: &Program, id: ModuleId) -> Option<GlobalId> {
    program.module(id).exports.iter().find_map(|e| match e {
        Export::Global { name, global, .. } if &**name == "default" => Some(*global),
        _ => None,
    })
}

fn emit_route(program: &Program, route: &app::Route) -> TokenStream {
    let pattern = route.pattern.iter().map(|segment| match segment {
        RouteSegment::Literal(s) => {
            let s = &**s;
            quote!(rt::Segment::Literal(#s))
        }
        RouteSegment::Param(s) => {
            let s = &**s;
            quote!(rt::Segment::Param(#s))
        }
        RouteSegment::CatchAll(s) => {
            let s = &**s;
            quote!(rt::Segment::CatchAll(#s))
        }
    });
    let module = names::ident(&module_name(program, route.module));
    let kind = match &route.kind {
        RouteKind::Page { .. } => quote!(rt::RouteKind::Page(&#module::PAGE)),
        RouteKind::Api(handlers) => {
            let handlers = handlers.iter().enumerate().map(|(index, handler)| {
                let method = match &handler.method {
                    Some(m) => {
                        let m = &**m;
                        quote!(Some(#m))
                    }
                    None => quote!(None),
                };
                let read = names::ident(&format!("api_{index}"));
                quote!(rt::ApiDef { method: #method, handler: &#module::#read })
            });
            quote!(rt::RouteKind::Api(&[#(#handlers),*]))
        }
        RouteKind::Handler(_) => quote!(rt::RouteKind::Handler(&#module::handler)),
    };
    let (file, uses_session) = (&*route.file, route.uses_session);
    quote!(rt::RouteDef { pattern: &[#(#pattern),*], kind: #kind, file: #file, uses_session: #uses_session })
}

/// What the server asks of one module: its page, its API handlers, its namespace.
pub(crate) fn emit_module_items(program: &Program, facts: &ModuleFacts, tables: &mut Tables<'_>, id: ModuleId) -> TokenStream {
    let m = program.module(id);
    let mut items = quote!();
    if let Some(page) = &m.page {
        items.extend(emit_page(program, facts, id, page));
    }
    for route in program.app.routes.iter().filter(|r| r.module == id) {
        match &route.kind {
            RouteKind::Page { .. } => {}
            RouteKind::Api(handlers) => {
                for (index, handler) in handlers.iter().enumerate() {
                    let name = names::ident(&format!("api_{index}"));
                    let value = read_handler(program, tables, id, &handler.handler);
                    items.extend(quote!(pub fn #name(cx: rt::Cx) -> rt::R { #value }));
                }
            }
            RouteKind::Handler(f) => {
                let function = names::ident(&names::function(f.index(), &m.function(*f).name));
                let args = m.function(*f).params.iter().enumerate().map(|(i, _)| if i == 0 { quote!(request) } else { quote!(&rt::Value::Undefined) });
                items.extend(quote!(pub fn handler(cx: rt::Cx, request: &rt::Value) -> rt::R { #function(cx, #(#args),*) }));
            }
        }
    }
    if let Some(middleware) = program.app.middleware.as_ref().filter(|m| m.module == id) {
        let value = read_handler(program, tables, id, &middleware.handler);
        items.extend(quote!(pub fn middleware(cx: rt::Cx) -> rt::R { #value }));
    }
    items.extend(emit_namespace(program, tables, id));
    items.extend(emit_lazy(program, tables, id));
    items
}

/// What runs when the module is required or imported dynamically for the first time: itself after the modules it imports.
fn emit_lazy(program: &Program, tables: &Tables<'_>, id: ModuleId) -> TokenStream {
    if tables.started_slot(id).is_none() {
        return quote!();
    }
    let needed = startup::static_closure(program, &[id]);
    let rows = program.order.iter().filter(|m| needed.contains(m)).filter_map(|m| {
        let slot = Literal::u32_unsuffixed(tables.started_slot(*m)?);
        let module = names::ident(&module_name(program, *m));
        let init = program.module(*m).init;
        let init = names::ident(&names::function(init.index(), &program.module(*m).function(init).name));
        Some(quote!(rt::LazyModule { slot: #slot, init: crate::#module::#init }))
    });
    quote!(pub static LAZY: &[rt::LazyModule] = &[#(#rows),*];)
}

fn read_handler(program: &Program, tables: &mut Tables<'_>, id: ModuleId, handler: &HandlerRef) -> TokenStream {
    match handler {
        HandlerRef::Global(global) => read_global(program, id, id, *global),
        HandlerRef::Import(import) => read_import(program, tables, id, *import),
    }
}

fn read_global(program: &Program, from: ModuleId, owner: ModuleId, global: GlobalId) -> TokenStream {
    let slot = global_path(program, from, owner, global);
    let g = program.module(owner).global(global);
    let name = &*g.name;
    if let Some(function) = crate::module::hoisted_function(program, from, owner, global) {
        return quote!(Ok(#function));
    }
    match &g.constant {
        // Constants need no slot, but whoever reads by name finds the slot; both hold the same.
        _ if g.checked => quote!(rt::global_checked(cx, #slot, #name)),
        _ => quote!(Ok(cx.global(#slot))),
    }
}

pub(crate) fn read_import(program: &Program, tables: &mut Tables<'_>, from: ModuleId, import: ImportId) -> TokenStream {
    let import = &program.module(from).imports[import.index()];
    read_target(program, tables, from, import)
}

/// `require(…)` of a module: it runs at the first call.
pub(crate) fn require_import(program: &Program, tables: &mut Tables<'_>, from: ModuleId, import: &Import) -> Option<TokenStream> {
    let owner = startup::required(program.module(from), import)?;
    let value = read_target(program, tables, from, import);
    let module = names::ident(&module_name(program, owner));
    let path = &*program.module(owner).path;
    Some(quote!(rt::require(cx, crate::#module::LAZY, #path, |cx| #value)))
}

fn read_target(program: &Program, tables: &mut Tables<'_>, from: ModuleId, import: &Import) -> TokenStream {
    match &import.target {
        ImportTarget::Global(owner, global) => read_global(program, from, *owner, *global),
        ImportTarget::Namespace(owner) => {
            let module = names::ident(&module_name(program, *owner));
            quote!(Ok(crate::#module::namespace(cx)))
        }
        ImportTarget::Native(name, member) => {
            let slot = tables.native(name);
            let name = &**name;
            match member {
                None => quote!(rt::native_module(cx, #slot, #name)),
                Some(member) => {
                    let key = tables.atom(member);
                    quote!(rt::get(cx, &rt::native_module(cx, #slot, #name)?, #key, 0))
                }
            }
        }
        ImportTarget::Component(_) => quote!(Ok(rt::Value::Undefined)),
        ImportTarget::Unresolved | ImportTarget::Missing => {
            let name = &*import.local_name;
            quote!(rt::missing_name(cx, #name))
        }
    }
}

/// The module's namespace object: getters, so that bindings are live.
fn emit_namespace(program: &Program, tables: &mut Tables<'_>, id: ModuleId) -> TokenStream {
    let wanted = program.modules.iter().any(|m| {
        m.imports.iter().any(|i| i.target == ImportTarget::Namespace(id))
            || m.requests.iter().any(|r| r.target == Target::Module(id) && r.kind != RequestKind::Static)
            || m.exports.iter().any(|e| matches!(e, Export::All { request, .. } if m.requests[*request].target == Target::Module(id)))
    });
    if !wanted {
        return quote!();
    }
    let mut rows = Vec::new();
    let mut functions = Vec::new();
    let exports = program.exports_of(id);
    for (index, (name, owner, export)) in exports.iter().enumerate() {
        let value = match export {
            Export::Global { global, .. } => read_global(program, id, *owner, *global),
            Export::Import { import, .. } => read_import(program, tables, *owner, *import),
            Export::All { .. } => continue,
        };
        let getter = names::ident(&format!("export_{index}"));
        functions.push(quote!(fn #getter(cx: rt::Cx) -> rt::R { #value }));
        let key = tables.atom(name);
        rows.push(quote!((#key, #getter)));
    }
    let slot = tables.namespace();
    quote! {
        #(#functions)*
        pub fn namespace(cx: rt::Cx) -> rt::Value {
            rt::namespace(cx, #slot, &[#(#rows),*])
        }
    }
}

fn component_of(request: &Request) -> Option<ModuleId> {
    match request.target {
        Target::Component(id) => Some(id),
        Target::Module(_) | Target::Native(_) | Target::Unresolved => None,
    }
}

/// The call of a loader or action with the server's arguments. Its result is a value, whatever inference made of the function's own.
fn emit_page_call(program: &Program, facts: &ModuleFacts, id: ModuleId, f: FnId, given: &[&str]) -> TokenStream {
    let m = program.module(id);
    let sig = signature(facts, m, f);
    let given: Vec<Ident> = given.iter().map(|name| names::ident(name)).collect();
    if sig.args {
        // It looks at its own call (`arguments`, its own name), so it is called as a value.
        let global = m.globals.iter().position(|g| g.function == Some(f)).expect("a page's function has a name at the top level");
        let read = read_global(program, id, id, GlobalId(global as u32));
        return quote!({ let function: rt::Value = #read?; rt::call(cx, &function, &rt::Value::Undefined, &[#(#given.clone()),*]) });
    }
    let mut args: Vec<TokenStream> = sig.this.then(|| quote!(&rt::Value::Undefined)).into_iter().collect();
    for index in 0..sig.params.len() {
        args.push(given.get(index).map_or_else(|| quote!(&rt::Value::Undefined), |name| quote!(#name)));
    }
    if sig.rest.is_some() {
        let more = given.iter().skip(sig.params.len());
        args.push(quote!(&rt::array(cx, vec![#(#more.clone()),*])));
    }
    let function = &sig.ident;
    match sig.ret {
        Rep::Value => quote!(#function(cx, #(#args),*)),
        rep => {
            let boxed = Code::owned(rep, quote!(#function(cx, #(#args),*)?)).to(Want::Value);
            quote!(Ok(#boxed))
        }
    }
}

fn emit_page(program: &Program, facts: &ModuleFacts, id: ModuleId, page: &app::PageTable) -> TokenStream {
    let m = program.module(id);
    let call = |f: FnId, given: &[&str]| emit_page_call(program, facts, id, f, given);
    let loaders = page.loaders.iter().map(|loader| {
        let name = &*loader.name;
        let call = call(loader.function, &["request", "action_result", "props"]);
        quote!(rt::LoaderDef { name: #name, call: &|cx, request, action_result, props| #call })
    });
    let actions = page.actions.iter().map(|action| {
        let name = &*action.name;
        let call = call(action.function, &["form_data", "request"]);
        quote!(rt::ActionDef { name: #name, call: &|cx, form_data, request| #call })
    });
    let function = |f: FnId| names::ident(&names::function(f.index(), &m.function(f).name));
    let render = match page.render {
        Some(f) => {
            let f = function(f);
            quote!(&#f)
        }
        None => quote!(&|_, _, _| Ok(())),
    };
    let head = match page.head {
        Some(f) => {
            let f = function(f);
            quote!(Some(&#f))
        }
        None => quote!(None),
    };
    let layout = match page.layout_module {
        Some(layout) => {
            let module = names::ident(&module_name(program, layout));
            quote!(Some(&crate::#module::PAGE))
        }
        None => quote!(None),
    };
    let mut components: Vec<ModuleId> = m.requests.iter().filter_map(component_of).collect();
    components.sort();
    components.dedup();
    let components = components.into_iter().map(|id| {
        let module = names::ident(&module_name(program, id));
        quote!(&crate::#module::PAGE)
    });
    let (name, file) = (m.page_name(), &*m.path);
    let (has_forms, mentions, needs_client) = (page.has_forms, page.mentions_puremix, page.needs_client);
    let uses = page.uses.iter().map(|one| {
        let (kind, text) = (names::ident(&format!("{:?}", one.kind)), &*one.text);
        quote!(rt::Use { kind: rt::UseKind::#kind, text: #text })
    });
    quote! {
        pub static PAGE: rt::PageDef = rt::PageDef {
            name: #name,
            file: #file,
            loaders: &[#(#loaders),*],
            actions: &[#(#actions),*],
            render: #render,
            head: #head,
            components: &[#(#components),*],
            layout: #layout,
            has_forms: #has_forms,
            mentions_puremix: #mentions,
            needs_client: #needs_client,
            uses: &[#(#uses),*],
        };
    }
}

/// The statements that give a template's parameters their values.
pub(crate) fn scope_value(tables: &mut Tables<'_>, page: &app::PageTable, name: &app::ScopeName) -> TokenStream {
    use app::ScopeName;
    match name {
        ScopeName::Loader(loader) => {
            let index = Literal::usize_unsuffixed(page.loaders.iter().position(|l| l.name == *loader).unwrap_or(usize::MAX));
            quote!(scope.loader(#index).clone())
        }
        ScopeName::Params => quote!(scope.params(cx)?),
        ScopeName::Query => quote!(scope.query(cx)?),
        ScopeName::Request => quote!(scope.request().clone()),
        ScopeName::ActionResult => quote!(scope.action_result().clone()),
        ScopeName::Env => quote!(scope.env(cx)),
        ScopeName::Props => quote!(scope.props().clone()),
        ScopeName::Prop(prop) => {
            let (key, ic) = (tables.atom(prop), tables.ic());
            quote!(rt::get_safe(cx, scope.props(), #key, #ic)?)
        }
        ScopeName::PageValue(name) => {
            let name = &**name;
            quote!(scope.page_value(cx, #name))
        }
        ScopeName::Title => quote!(scope.title(cx)?),
        ScopeName::Description => quote!(scope.description(cx)?),
        ScopeName::Error => quote!(scope.error(cx)),
        ScopeName::Url => quote!(scope.url(cx)?),
    }
}
