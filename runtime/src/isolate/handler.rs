//! Requests into app code.

use crate::http::message::Reply;
use crate::http::{Handler, Target};
use crate::site::Site;
use puremix_value::Cx;
use std::rc::Rc;

/// The handler of this thread.
pub fn new(cx: Cx, _site: &'static Site) -> Handler {
    Rc::new(move |_target, _parts| Box::pin(super::event_loop::entered(cx, async move { Reply::status(404) })))
}
