//! Indexes with `expireAfterSeconds`: documents that end by themselves.
//!
//! MongoDB deletes them every 60 s. Here whoever asks deletes them first, at most once a second, so that an expired token is not found.

use super::Model;
use crate::doc::{Bson, Map};
use crate::js::criteria;
use crate::js::exec::{self, Find, Runner};
use crate::js::support::*;
use crate::query::filter;
use puremix_value::{Cx, R, Value};

/// Between two looks, in milliseconds.
const PERIOD: f64 = 1000.0;

impl Model {
    /// Deletes what has expired. Not in a transaction: what it has seen stays as it is. A failure is told and keeps nobody from their work.
    pub async fn sweep(&self, cx: Cx, runner: &Runner) {
        let now = puremix_js::date::now();
        if matches!(runner, Runner::Transaction(..)) || (now - self.swept.get()).abs() < PERIOD {
            return;
        }
        self.swept.set(now);
        if self.delete_expired(cx, runner, now).await.is_err() {
            let error = cx.take_exception();
            let said = text_of(cx, &error).unwrap_or_default();
            super::indexes::report(&format!("mongoose: expired documents of {} could not be deleted: {said}", self.collection));
        }
    }

    async fn delete_expired(&self, cx: Cx, runner: &Runner, now: f64) -> R<()> {
        for index in self.indexes() {
            let Value::Num(seconds) = option(cx, &index.options, "expireAfterSeconds")? else { continue };
            // An index over several paths expires nothing, in MongoDB either.
            let [(path, _)] = index.keys.as_slice() else { continue };
            let mut wanted = Map::default();
            wanted.set("$lte", Bson::Date(now - seconds * 1000.0));
            let mut due = Map::default();
            due.set(path, Bson::Object(wanted));
            let mut all = vec![Bson::Object(due)];
            let partial = option(cx, &index.options, "partialFilterExpression")?;
            if partial.is_object() {
                all.push(Bson::Object(criteria::raw(cx, &partial)?));
            }
            let mut both = Map::default();
            both.set("$and", Bson::Array(all));
            let filter = filter::parse(&both).map_err(|e| exec::bad(cx, &e))?;
            exec::delete(cx, self, runner, &Find { filter, sort: vec![], skip: 0, limit: None }, true).await?;
        }
        Ok(())
    }
}
