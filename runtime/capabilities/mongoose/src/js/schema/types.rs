//! A path's type: what a definition says of it.

use super::Schema;
use crate::js::support::*;
use crate::query::Shape;
use puremix_value::{Cx, R, Value};
use std::rc::Rc;

/// What values of a path are.
#[derive(Clone)]
pub enum Kind {
    String,
    Number,
    Boolean,
    Date,
    ObjectId,
    Buffer,
    Decimal128,
    BigInt,
    Mixed,
    Map(Rc<PathType>),
    Array(Rc<PathType>),
    /// An array of subdocuments.
    Documents(Rc<Schema>),
    /// A subdocument.
    Document(Rc<Schema>),
}

impl Kind {
    /// mongoose's `instance`.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::String => "String",
            Kind::Number => "Number",
            Kind::Boolean => "Boolean",
            Kind::Date => "Date",
            Kind::ObjectId => "ObjectId",
            Kind::Buffer => "Buffer",
            Kind::Decimal128 => "Decimal128",
            Kind::BigInt => "BigInt",
            Kind::Mixed => "Mixed",
            Kind::Map(_) => "Map",
            Kind::Array(_) | Kind::Documents(_) => "Array",
            Kind::Document(_) => "Embedded",
        }
    }
}

/// A rule for values.
#[derive(Clone)]
pub struct Validator {
    pub rule: Rule,
    /// Of the definition; `None`: mongoose's own.
    pub message: Option<Value>,
}

#[derive(Clone)]
pub enum Rule {
    Min(Value),
    Max(Value),
    MinLength(f64),
    MaxLength(f64),
    Enum(Vec<Value>),
    Match(Value),
    /// A function, with the `type` it was given.
    User(Value, String),
}

/// `required`: always, or when a function says so.
#[derive(Clone)]
pub struct Required {
    pub when: Value,
    pub message: Option<Value>,
}

/// A path's type and its options.
#[derive(Clone)]
pub struct PathType {
    pub path: String,
    pub kind: Kind,
    pub options: Value,
    pub required: Option<Required>,
    pub default: Option<Value>,
    pub validators: Vec<Validator>,
    pub getters: Vec<Value>,
    pub setters: Vec<Value>,
    pub trim: bool,
    pub lowercase: bool,
    pub uppercase: bool,
    pub reference: Option<Value>,
    pub ref_path: Option<Value>,
    pub select: Option<bool>,
    pub immutable: Option<Value>,
    pub cast_message: Option<String>,
    /// `_id` that was not asked for.
    pub auto: bool,
}

impl PathType {
    pub fn new(path: &str, kind: Kind, options: Value) -> PathType {
        PathType {
            path: path.to_owned(),
            kind,
            options,
            required: None,
            default: None,
            validators: vec![],
            getters: vec![],
            setters: vec![],
            trim: false,
            lowercase: false,
            uppercase: false,
            reference: None,
            ref_path: None,
            select: None,
            immutable: None,
            cast_message: None,
            auto: false,
        }
    }

    /// Reads what stands beside `type`.
    pub fn read_options(&mut self, cx: Cx) -> R<()> {
        for (name, value) in entries(cx, &self.options.clone())? {
            let (first, message) = match elements(&value).as_slice() {
                [first, message, ..] if name != "enum" && name != "validate" && name != "default" => (first.clone(), Some(message.clone())),
                _ => (value.clone(), None),
            };
            let number = || first.as_num();
            match name.as_str() {
                "required" => self.read_required(cx, &value)?,
                "default" => self.default = Some(value),
                "trim" => self.trim = truthy(&value),
                "lowercase" => self.lowercase = truthy(&value),
                "uppercase" => self.uppercase = truthy(&value),
                "get" => self.getters.push(value),
                "set" => self.setters.push(value),
                "ref" => self.reference = Some(value),
                "refPath" => self.ref_path = Some(value),
                "select" => self.select = (!value.is_undefined()).then(|| truthy(&value)),
                "immutable" if truthy(&value) => self.immutable = Some(value),
                "cast" => self.cast_message = value.as_str().map(|s| s.to_string()).or_else(|| elements(&value).get(1).and_then(|m| m.as_str().map(|s| s.to_string()))),
                "min" | "max" if !value.is_nullish() => {
                    let (bound, own) = if is_plain(cx, &first) { (member(cx, &first, "value")?, Some(member(cx, &first, "message")?)) } else { (first, message) };
                    let rule = if name == "min" { Rule::Min(bound) } else { Rule::Max(bound) };
                    self.validators.push(Validator { rule, message: own });
                }
                "minlength" | "minLength" | "maxlength" | "maxLength" if !value.is_nullish() => {
                    let (bound, own) = if is_plain(cx, &first) { (member(cx, &first, "value")?.as_num(), Some(member(cx, &first, "message")?)) } else { (number(), message) };
                    if let Some(n) = bound {
                        self.validators.push(Validator { rule: if name.starts_with("min") { Rule::MinLength(n) } else { Rule::MaxLength(n) }, message: own });
                    }
                }
                "match" if !value.is_nullish() => self.validators.push(Validator { rule: Rule::Match(first), message }),
                "enum" if !value.is_nullish() => {
                    let (values, message) = match (is_array(&value), member(cx, &value, "values")?) {
                        (true, _) => (elements(&value), None),
                        (false, list) if is_array(&list) => (elements(&list), Some(member(cx, &value, "message")?).filter(|m| !m.is_undefined())),
                        _ => (entries(cx, &value)?.into_iter().map(|(_, v)| v).collect(), None),
                    };
                    self.validators.push(Validator { rule: Rule::Enum(values), message });
                }
                "validate" if !value.is_nullish() => self.read_validate(cx, &value)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_required(&mut self, cx: Cx, value: &Value) -> R<()> {
        let (when, message) = match elements(value).as_slice() {
            [when, message, ..] => (when.clone(), Some(message.clone())),
            [when] => (when.clone(), None),
            [] => match value {
                Value::Str(_) => (Value::Bool(true), Some(value.clone())),
                v if is_plain(cx, v) => (member(cx, v, "isRequired")?, Some(member(cx, v, "message")?).filter(|m| !m.is_undefined())),
                v => (v.clone(), None),
            },
        };
        self.required = (truthy(&when)).then_some(Required { when, message });
        Ok(())
    }

    /// `fn`, `{validator, message, type}`, `[fn, message]`, or a list of them.
    pub fn read_validate(&mut self, cx: Cx, value: &Value) -> R<()> {
        let list = elements(value);
        if let [f, Value::Str(message), ..] = list.as_slice() {
            self.validators.push(Validator { rule: Rule::User(f.clone(), "user defined".to_owned()), message: Some(Value::Str(message.clone())) });
            return Ok(());
        }
        for one in if list.is_empty() { vec![value.clone()] } else { list } {
            if one.is_callable() {
                self.validators.push(Validator { rule: Rule::User(one, "user defined".to_owned()), message: None });
                continue;
            }
            let f = member(cx, &one, "validator")?;
            if !f.is_callable() {
                return Err(type_error(cx, &format!("Invalid validator. Received ({}) {}. See https://mongoosejs.com/docs/api/schematype.html#SchemaType.prototype.validate()", puremix_js::inspect(cx, &puremix_js::js_typeof(&one)), puremix_js::inspect(cx, &one))));
            }
            let kind = member(cx, &one, "type")?.as_str().map_or("user defined".to_owned(), |s| s.to_string());
            let message = Some(member(cx, &one, "message")?).filter(|m| !m.is_undefined());
            self.validators.push(Validator { rule: Rule::User(f, kind), message });
        }
        Ok(())
    }

    /// What SQL may know of stored values.
    pub fn shape(&self) -> Shape {
        match &self.kind {
            Kind::String => Shape::Text,
            Kind::Number => Shape::Number,
            Kind::Boolean => Shape::Bool,
            Kind::Date => Shape::Date,
            Kind::ObjectId => Shape::Id,
            Kind::Array(of) => Shape::Array(Box::new(of.shape())),
            Kind::Documents(schema) => Shape::Array(Box::new(schema.shape())),
            Kind::Document(schema) => schema.shape(),
            _ => Shape::Any,
        }
    }

    /// The schema of subdocuments.
    pub fn schema(&self) -> Option<&Rc<Schema>> {
        match &self.kind {
            Kind::Documents(schema) | Kind::Document(schema) => Some(schema),
            _ => None,
        }
    }
}
