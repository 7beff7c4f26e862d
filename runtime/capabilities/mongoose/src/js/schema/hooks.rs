//! Hooks: functions before and after an operation.

use crate::js::support::*;
use puremix_js::promise;
use puremix_value::{Cx, FnDef, R, Value};

/// A registered hook.
#[derive(Clone)]
pub struct Hook {
    pub when: When,
    /// Operations; one pattern each where a regular expression was given.
    pub names: Vec<String>,
    pub pattern: Option<Value>,
    pub function: Value,
    /// `{document: …, query: …}`.
    pub document: Option<bool>,
    pub query: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    Pre,
    Post,
}

/// What an operation works on: the same name may mean both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    Document,
    Query,
    Model,
}

impl Hook {
    fn applies(&self, cx: Cx, name: &str, target: Target) -> R<bool> {
        let named = match &self.pattern {
            Some(pattern) => truthy(&invoke(cx, pattern, "test", &[Value::str(name)])?),
            None => self.names.iter().any(|n| n == name),
        };
        if !named {
            return Ok(false);
        }
        Ok(match target {
            Target::Model => true,
            // `updateOne` and `deleteOne` are queries unless the hook says otherwise.
            Target::Document => match name {
                "updateOne" | "deleteOne" => self.document == Some(true),
                _ => self.document != Some(false) && (self.query != Some(true) || self.document == Some(true)),
            },
            Target::Query => match name {
                "updateOne" | "deleteOne" => self.query != Some(false) && (self.document != Some(true) || self.query == Some(true)),
                _ => self.query != Some(false),
            },
        })
    }
}

/// The hooks of an operation.
pub fn of(cx: Cx, schema: &super::Schema, when: When, name: &str, target: Target) -> R<Vec<Value>> {
    if schema.hooks.borrow().is_empty() {
        return Ok(vec![]);
    }
    let all = schema.hooks.borrow().clone();
    let mut out = vec![];
    for hook in all {
        if hook.when == when && hook.applies(cx, name, target)? {
            out.push(hook.function);
        }
    }
    Ok(out)
}

fn parameters(cx: Cx, f: &Value) -> R<f64> {
    Ok(member(cx, f, "length")?.as_num().unwrap_or(0.0))
}

/// Runs the hooks before an operation. A function with parameters gets `next` first; all may answer a promise.
pub async fn run_pre(cx: Cx, hooks: Vec<Value>, this: &Value, args: &[Value]) -> R<()> {
    for f in hooks {
        if parameters(cx, &f)? == 0.0 {
            call(cx, &f, this, &[]).await?;
        } else {
            let (done, next) = next_function(cx);
            let mut all = vec![next];
            all.extend_from_slice(args);
            let answer = puremix_js::ops::call(cx, &f, this, &all)?;
            if answer.is_object() && member(cx, &answer, "then")?.is_callable() {
                // An async function may take `next` and not call it.
                promise::await_(cx, answer).await?;
            } else {
                promise::await_(cx, done).await?;
            }
        }
    }
    Ok(())
}

/// Runs the hooks after an operation, with its result. A function of two parameters calls `next`.
pub async fn run_post(cx: Cx, hooks: Vec<Value>, this: &Value, result: &Value) -> R<()> {
    for f in hooks {
        match parameters(cx, &f)? {
            n if n >= 3.0 => {}
            2.0 => {
                let (done, next) = next_function(cx);
                let answer = puremix_js::ops::call(cx, &f, this, &[result.clone(), next])?;
                if answer.is_object() && member(cx, &answer, "then")?.is_callable() {
                    promise::await_(cx, answer).await?;
                } else {
                    promise::await_(cx, done).await?;
                }
            }
            _ => drop(call(cx, &f, this, std::slice::from_ref(result)).await?),
        }
    }
    Ok(())
}

/// Gives an error to the hooks that take one (`(error, result, next)`); what they pass on is the new error.
pub async fn run_error(cx: Cx, hooks: Vec<Value>, this: &Value, mut error: Value) -> Value {
    for f in hooks {
        if !parameters(cx, &f).is_ok_and(|n| n >= 3.0) {
            continue;
        }
        let (done, next) = next_function(cx);
        let outcome = match puremix_js::ops::call(cx, &f, this, &[error.clone(), Value::Null, next]) {
            Ok(_) => promise::await_(cx, done).await,
            Err(thrown) => Err(thrown),
        };
        if outcome.is_err() {
            error = cx.take_exception();
        }
    }
    error
}

/// A promise, and the `next(error)` that settles it.
fn next_function(cx: Cx) -> (Value, Value) {
    static NEXT: FnDef = FnDef::native("next", 1, |cx, a| {
        if let Value::Obj(promise) = a.env(0) {
            match a.get(0) {
                Value::Undefined | Value::Null => promise::resolve(cx, promise, Value::Undefined),
                error if error.as_obj().is_some_and(|o| matches!(o.kind(), puremix_value::Kind::Error)) => promise::reject(cx, promise, error.clone()),
                _ => promise::resolve(cx, promise, Value::Undefined),
            }
        }
        Ok(Value::Undefined)
    });
    let promise = promise::new_promise(cx);
    let next = native_with(cx, &NEXT, vec![promise.clone().into()]);
    (promise.into(), next)
}
