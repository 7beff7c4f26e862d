//! Which routes may look at sessions.

mod common;

use common::linked;
use puremix_ir::ModuleId;
use puremix_ir::app::{HandlerRef, Middleware, Route, RouteKind};
use puremix_ir::GlobalId;

/// Whether each of the first modules, taken as a route, may.
fn routes(files: &[(&str, &str)], count: usize, middleware: Option<usize>) -> Vec<bool> {
    let mut program = linked(files).program;
    program.app.routes = (0..count).map(|i| Route { pattern: Vec::new(), module: ModuleId::from(i), kind: RouteKind::Api(Vec::new()), file: files[i].0.into(), uses_session: true }).collect();
    program.app.middleware = middleware.map(|i| Middleware { module: ModuleId::from(i), handler: HandlerRef::Global(GlobalId::from(0)) });
    puremix_middle::sessions(&mut program);
    program.app.routes.iter().map(|route| route.uses_session).collect()
}

#[test]
fn those_that_mention_it_and_those_that_reach_one_that_does() {
    let files = [
        ("a.js", "export const GET = (request) => request.session.n;"),
        ("b.js", "export const GET = ({ session }) => session.n;"),
        ("c.js", "export const GET = (request) => ({ id: request.query.id });"),
        ("d.js", "import { visitor } from './lib.js'; export const GET = (request) => visitor(request);"),
        ("e.js", "const name = 'session'; export const GET = (request) => request[name];"),
        ("lib.js", "export const visitor = (request) => request.user;"),
        ("guard.js", "export default (req, res, next) => next();"),
        ("login.js", "export default (req, res, next) => { req.session.seen = 1; next(); };"),
    ];
    assert_eq!(routes(&files, 5, None), [true, true, false, true, true]);
    assert_eq!(routes(&files, 5, Some(6)), [true, true, false, true, true]);
    assert_eq!(routes(&files, 5, Some(7)), [true; 5], "middleware runs before every route");
}
