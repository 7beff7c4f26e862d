//! `validate` and `validateSync`: every path against its rules, subdocuments first in their parents' errors.

use super::{Doc, doc_of, state};
use crate::js::errors;
use crate::js::schema::cast::{self, For};
use crate::js::schema::hooks::{self, Target, When};
use crate::js::schema::validate::{self, Found};
use crate::js::schema::{Kind, PathType};
use crate::js::support::*;
use puremix_js::{ops, promise};
use puremix_value::{Cx, Kind as ObjectKind, Obj, R, Value};
use std::pin::Pin;
use std::rc::Rc;

/// A validator's answer that is still to come.
struct Pending {
    ty: Rc<PathType>,
    rule: usize,
    value: Value,
    path: String,
    answer: Value,
}

/// Casts again what was changed without a setter: elements assigned by index, members of nested objects.
fn recast(cx: Cx, o: &Obj, doc: &Doc) -> R<()> {
    let data = doc.data();
    for (path, ty) in doc.schema.paths.borrow().clone() {
        let value = state::get_at(cx, &data, &path);
        let to = For { path: &path, owner: Some(o), loading: true, model: None };
        let outcome = match (&ty.kind, &value) {
            (_, Value::Undefined | Value::Null) => continue,
            (Kind::Mixed, _) => continue,
            (Kind::Array(_) | Kind::Documents(_), Value::Obj(items)) if items.is_array() => recast_elements(cx, items, &ty, to),
            (Kind::Array(of), _) if matches!(of.kind, Kind::Mixed) => continue,
            (Kind::Map(_), Value::Obj(map)) if matches!(map.kind(), ObjectKind::Map(_)) => continue,
            (Kind::Document(schema), Value::Obj(inner)) if inner.payload::<Doc>().is_some_and(|d| Rc::ptr_eq(&d.schema, schema)) => continue,
            // Nested members are plain values of plain objects: nobody cast them when they were assigned.
            _ if path.contains('.') => cast::cast(cx, &ty, &value, For { loading: false, ..to }).map(|cast| {
                if !ops::js_strict_eq(&cast, &value) && !matches!(cast, Value::Obj(_)) {
                    state::put_at(cx, &data, &path, cast);
                }
            }),
            _ => continue,
        };
        if outcome.is_err() {
            let error = cx.take_exception();
            if class_name(cx, &error) != "CastError" {
                return Err(cx.throw(error));
            }
            let at = member(cx, &error, "path")?.as_str().map_or(path.clone(), |s| s.to_string());
            doc.invalid.borrow_mut().retain(|(p, _)| *p != at);
            doc.invalid.borrow_mut().push((at, error));
        }
    }
    Ok(())
}

fn recast_elements(cx: Cx, items: &Obj, ty: &PathType, to: For<'_>) -> R<()> {
    for i in 0..items.array_len() {
        let old = element(items, i);
        let new = cast::cast_element(cx, ty, &old, i as usize, For { loading: false, ..to })?;
        if !ops::js_strict_eq(&old, &new) {
            items.put(cx, &puremix_value::Key::Index(i), new);
        }
    }
    Ok(())
}

/// mongoose looks at required paths first, the last one of the schema before the others; messages list errors in this order.
fn validation_order(paths: &[(String, Rc<PathType>)]) -> Vec<(String, Rc<PathType>)> {
    let (required, rest): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|(_, ty)| ty.required.is_some());
    required.into_iter().rev().chain(rest).collect()
}

/// Runs all rules; answers that are promises are collected.
fn check_all(cx: Cx, o: &Obj, doc: &Doc, only: Option<&[String]>, errors: &mut Vec<(String, Value)>, pending: &mut Vec<Pending>) -> R<()> {
    recast(cx, o, doc)?;
    errors.extend(doc.invalid.borrow().iter().cloned());
    let data = doc.data();
    let this = Value::Obj(o.clone());
    for (path, ty) in validation_order(&doc.schema.paths.borrow()) {
        let wanted = only.is_none_or(|only| only.iter().any(|p| *p == path || path.starts_with(&format!("{p}.")) || p.starts_with(&format!("{path}."))));
        if !wanted || !doc.selected.shows(&path) || errors.iter().any(|(p, _)| *p == path || p.starts_with(&format!("{path}."))) {
            continue;
        }
        let value = state::get_at(cx, &data, &path);
        check_path(cx, &this, &ty, &path, &value, errors, pending)?;
    }
    Ok(())
}

fn check_path(cx: Cx, this: &Value, ty: &Rc<PathType>, path: &str, value: &Value, errors: &mut Vec<(String, Value)>, pending: &mut Vec<Pending>) -> R<()> {
    if let Some(error) = validate::check_required(cx, ty, this, value, path)? {
        errors.push((path.to_owned(), error.into()));
        return Ok(());
    }
    if value.is_undefined() {
        return Ok(());
    }
    for (n, validator) in ty.validators.iter().enumerate() {
        match validate::check(cx, ty, validator, this, value, path)? {
            Found::Fine => {}
            Found::Error(error) => {
                errors.push((path.to_owned(), error.into()));
                return Ok(());
            }
            Found::Pending(answer) => pending.push(Pending { ty: ty.clone(), rule: n, value: value.clone(), path: path.to_owned(), answer }),
        }
    }
    match &ty.kind {
        Kind::Array(of) => {
            for (i, item) in elements(value).iter().enumerate() {
                check_path(cx, this, of, &format!("{path}.{i}"), item, errors, pending)?;
            }
        }
        Kind::Map(of) => {
            if let Some(ObjectKind::Map(map)) = value.as_obj().map(Obj::kind) {
                let mut cursor = puremix_value::Cursor::default();
                while let Some((key, item)) = map.next_at(&mut cursor) {
                    check_path(cx, this, of, &format!("{path}.{}", text_of(cx, &key)?), &item, errors, pending)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// The subdocuments at a document's paths, with where they are.
pub fn subdocuments(cx: Cx, doc: &Doc) -> Vec<(String, Obj)> {
    let data = doc.data();
    let mut out = vec![];
    for (path, ty) in doc.schema.paths.borrow().clone() {
        let value = state::get_at(cx, &data, &path);
        match &ty.kind {
            Kind::Document(_) => {
                if let Value::Obj(inner) = value
                    && inner.payload::<Doc>().is_some()
                {
                    out.push((path, inner));
                }
            }
            Kind::Documents(_) => {
                for (i, item) in elements(&value).into_iter().enumerate() {
                    if let Value::Obj(inner) = item
                        && inner.payload::<Doc>().is_some()
                    {
                        out.push((format!("{path}.{i}"), inner));
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// What errors make of a validation: `None` if there are none.
fn summed_up(cx: Cx, doc: &Doc, all: Vec<(String, Value)>) -> R<Option<Obj>> {
    if all.is_empty() {
        doc.errors.replace(Value::Undefined);
        return Ok(None);
    }
    let error = errors::validation_error(cx, doc.model_name());
    for (path, one) in all {
        errors::add_error(cx, &error, &path, one)?;
    }
    doc.errors.replace(Value::Obj(error.clone()));
    Ok(Some(error))
}

/// Adds a subdocument's errors to its parent's, each under its full path.
fn take_over(cx: Cx, into: &mut Vec<(String, Value)>, path: &str, error: Obj) -> R<()> {
    let inner = member(cx, &Value::Obj(error.clone()), "errors")?;
    for (name, one) in entries(cx, &inner)? {
        into.push((format!("{path}.{name}"), one));
    }
    Ok(())
}

/// `doc.validateSync(paths)`.
pub fn validate_sync(cx: Cx, o: &Obj, only: Option<&[String]>) -> R<Option<Obj>> {
    let Some(doc) = o.payload::<Doc>() else { return Ok(None) };
    let (mut errors, mut pending) = (vec![], vec![]);
    check_all(cx, o, doc, only, &mut errors, &mut pending)?;
    for (path, inner) in subdocuments(cx, doc) {
        let wanted = only.is_none_or(|only| only.iter().any(|p| path.starts_with(p.as_str())));
        if wanted && let Some(error) = validate_sync(cx, &inner, None)? {
            take_over(cx, &mut errors, &path, error)?;
        }
    }
    summed_up(cx, doc, errors)
}

/// `doc.validate()` with its hooks; rejects with a `ValidationError`.
pub fn validate_all(cx: Cx, o: Obj, only: Option<Vec<String>>) -> Pin<Box<dyn Future<Output = R<()>>>> {
    Box::pin(async move {
        let this = Value::Obj(o.clone());
        let Some(doc) = o.payload::<Doc>() else { return Ok(()) };
        hooks::run_pre(cx, hooks::of(cx, &doc.schema, When::Pre, "validate", Target::Document)?, &this, &[]).await?;
        let found = collect(cx, &o, doc, only).await?;
        let after = hooks::of(cx, &doc.schema, When::Post, "validate", Target::Document)?;
        if let Some(error) = found {
            let error = hooks::run_error(cx, after, &this, error.into()).await;
            return Err(cx.throw(error));
        }
        hooks::run_post(cx, after, &this, &this).await
    })
}

async fn collect(cx: Cx, o: &Obj, doc: &Doc, only: Option<Vec<String>>) -> R<Option<Obj>> {
    let (mut errors, mut pending) = (vec![], vec![]);
    check_all(cx, o, doc, only.as_deref(), &mut errors, &mut pending)?;
    for one in pending {
        let outcome = match promise::await_(cx, one.answer).await {
            Ok(value) => Ok(value),
            Err(_) => Err(cx.take_exception()),
        };
        if errors.iter().any(|(p, _)| *p == one.path) {
            continue;
        }
        if let Found::Error(error) = validate::judge(cx, &one.ty.validators[one.rule], outcome, &one.value, &one.path)? {
            errors.push((one.path, error.into()));
        }
    }
    let changed = state::changed(cx, doc)?;
    for (path, inner) in subdocuments(cx, doc) {
        // What the database holds was valid: its hooks do not run again.
        if !doc.is_new.get() && !state::is_changed(&changed, &path) {
            continue;
        }
        if only.as_ref().is_some_and(|only| !only.iter().any(|p| path.starts_with(p.as_str()))) {
            continue;
        }
        if validate_all(cx, inner, None).await.is_err() {
            let error = cx.take_exception();
            match &error {
                Value::Obj(e) if class_name(cx, &error) == "ValidationError" => take_over(cx, &mut errors, &path, e.clone())?,
                _ => errors.push((path, error)),
            }
        }
    }
    summed_up(cx, doc, errors)
}

/// `doc.invalidate(path, message, value, kind)`.
pub fn invalidate(cx: Cx, o: &Obj, path: &str, message: &Value, value: Value, kind: &str) -> R {
    let Some(doc) = o.payload::<Doc>() else { return Ok(Value::Undefined) };
    let error = match message {
        Value::Str(text) => {
            let refusal = errors::Refusal { message: text.as_str(), kind, path, value: &value, extra: &[], reason: Value::Undefined };
            Value::Obj(errors::validator_error(cx, &refusal)?)
        }
        error => error.clone(),
    };
    doc.invalid.borrow_mut().push((path.to_owned(), error));
    let all = doc.invalid.borrow().clone();
    summed_up(cx, doc, all).map(|e| e.map_or(Value::Undefined, Value::Obj))
}

/// The owner at the top of nested documents.
pub fn top(v: &Value) -> Value {
    match doc_of(v).and_then(|d| d.parent.borrow().clone()) {
        Some(parent) => top(&Value::Obj(parent)),
        None => v.clone(),
    }
}
