//! Middleware: functions `(request, response, next)` that see requests before pages, actions and API routes do.
//!
//! In: the `middleware` list of `puremix.config.js` and what `app.use(…)` adds there, and what `app/middleware.js` exports. Out: [`Layers`], and [`answer`], which runs them and then the
//! route. An app that has none pays for one look at an empty list per request. This room must never know how routes answer.

mod chain;
mod layers;

pub use chain::{End, Ending, answer, rescue, run_handlers};
pub use layers::{Known, Layers, adopt_config, begin_config, check, note_use, of_app};
