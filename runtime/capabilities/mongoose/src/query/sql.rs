//! Filters as SQL conditions.
//!
//! A condition is *exact*, true for the documents that match and no others, where the schema knows the types on the way. Elsewhere it lets
//! more documents through, never fewer, and [`super::eval`] decides. Operands are always bound; of paths, the text goes into the statement
//! as quoted literals, because an index over an expression serves only that very expression.

use super::filter::{Comparison, Elem, Filter, Test};
use super::pattern::Pattern;
use super::shape::{Shape, is_quotable, postgres_path, route, sqlite_path};
use crate::doc::json::{marked, to_json};
use crate::doc::Bson;
use puremix_sql::{Dialect, SqlValue};
use std::fmt::Write as _;

/// A condition, and whether it says all.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub sql: String,
    pub exact: bool,
}

impl Condition {
    fn exact(sql: impl Into<String>) -> Condition {
        Condition { sql: sql.into(), exact: true }
    }

    fn wide(sql: impl Into<String>) -> Condition {
        Condition { sql: sql.into(), exact: false }
    }

    /// Says nothing.
    fn any() -> Condition {
        Condition::wide("TRUE")
    }

    fn is_any(&self) -> bool {
        self.sql == "TRUE"
    }
}

/// Writes conditions and collects what they bind.
pub struct Emitter {
    pub dialect: Dialect,
    pub params: Vec<SqlValue>,
    aliases: usize,
}

/// A JSON value in SQL: the text of its column, and a path below it.
#[derive(Clone)]
pub struct Place<'p> {
    base: String,
    /// Of an element of `json_each`, the name it goes by.
    element: Option<usize>,
    path: Vec<&'p str>,
}

impl Place<'_> {
    /// The whole document.
    pub(super) fn document() -> Self {
        Place { base: "doc".to_owned(), element: None, path: vec![] }
    }
}

impl Emitter {
    pub fn new(dialect: Dialect) -> Emitter {
        Emitter { dialect, params: vec![], aliases: 0 }
    }

    /// Adds a parameter; the mark of its place, which [`Emitter::numbered`] makes a placeholder.
    fn bind(&mut self, value: SqlValue) -> String {
        self.params.push(value);
        format!("\u{1}{}\u{2}", self.params.len() - 1)
    }

    /// The condition that a filter is, for rows of `doc`.
    pub fn condition(&mut self, filter: &Filter, shape: &Shape) -> Condition {
        let whole = self.filter(filter, shape, &Place::document());
        Condition { sql: self.numbered(&whole.sql), exact: whole.exact }
    }

    /// Marks as placeholders. What was bound for parts that were given up as inexact is dropped: statements bind what they name.
    fn numbered(&mut self, sql: &str) -> String {
        let mut bound: Vec<Option<SqlValue>> = std::mem::take(&mut self.params).into_iter().map(Some).collect();
        let mut parts = sql.split('\u{1}');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (n, rest) = part.split_once('\u{2}').unwrap_or((part, ""));
            self.params.extend(n.parse::<usize>().ok().and_then(|n| bound.get_mut(n)?.take()));
            let sign = if self.dialect == Dialect::Sqlite { '?' } else { '$' };
            let _ = write!(out, "{sign}{}{rest}", self.params.len());
        }
        out
    }

    pub(super) fn filter(&mut self, filter: &Filter, shape: &Shape, at: &Place<'_>) -> Condition {
        match filter {
            Filter::And(all) => {
                let parts: Vec<Condition> = all.iter().map(|f| self.filter(f, shape, at)).collect();
                all_of(parts)
            }
            Filter::Or(any) => {
                let parts: Vec<Condition> = any.iter().map(|f| self.filter(f, shape, at)).collect();
                any_of(parts)
            }
            Filter::Not(inner) => not(self.filter(inner, shape, at)),
            Filter::Path(path, test) => {
                if !path.split('.').all(is_quotable) {
                    return Condition::any();
                }
                let way = route(shape, path);
                if way.in_nested_array {
                    return Condition::any();
                }
                self.through(&way.through, &way.rest, way.known, &way.shape, test, at)
            }
            Filter::Expr(_) => Condition::any(),
        }
    }

    /// The test for some element of the arrays on the way.
    fn through(&mut self, arrays: &[Vec<&str>], rest: &[&str], known: usize, shape: &Shape, test: &Test, at: &Place<'_>) -> Condition {
        let Some((first, more)) = arrays.split_first() else {
            let place = Place { path: rest.to_vec(), ..at.clone() };
            return self.test(&place, known, shape, test);
        };
        let array = Place { path: first.clone(), ..at.clone() };
        let inner = self.each(&array, |this, element| this.through(more, rest, known, shape, test, element));
        // Where no array is, what lies behind it is missing.
        if takes_missing(test) { any_of(vec![Condition::exact(self.is_null(&array)), inner]) } else { inner }
    }

    /// Whether an element of an array fits.
    fn each(&mut self, array: &Place<'_>, inner: impl FnOnce(&mut Emitter, &Place<'static>) -> Condition) -> Condition {
        self.aliases += 1;
        let n = self.aliases;
        let element = Place { base: format!("e{n}.value"), element: Some(n), path: vec![] };
        let inner = inner(self, &element);
        let rows = match self.dialect {
            Dialect::Sqlite => format!("json_each({}, {})", array.base, sqlite_path(&array.path)),
            Dialect::Postgres => {
                let json = self.json(array);
                format!("jsonb_array_elements(CASE WHEN jsonb_typeof({json}) = 'array' THEN {json} ELSE '[]'::jsonb END) AS e{n}(value)")
            }
        };
        let sql = match self.dialect {
            // Not `EXISTS`: SQLite 3.51 makes a join of it, and OFFSET then counts each element that matches.
            Dialect::Sqlite => format!("(SELECT 1 FROM {rows} AS e{n} WHERE {}) IS NOT NULL", inner.sql),
            Dialect::Postgres => format!("EXISTS (SELECT 1 FROM {rows} WHERE {})", inner.sql),
        };
        Condition { sql, exact: inner.exact }
    }

    /// The value as SQL's own: what comparisons and indexes are over.
    pub fn scalar(&self, at: &Place<'_>, shape: &Shape) -> String {
        match self.dialect {
            Dialect::Sqlite => match at.element {
                Some(n) if at.path.is_empty() => format!("e{n}.value"),
                None if at.path == ["_id"] => "_id".to_owned(),
                _ => format!("json_extract({}, {})", at.base, sqlite_path(&at.path)),
            },
            Dialect::Postgres => match shape {
                Shape::Number | Shape::Bool => self.json(at),
                _ if at.element.is_none() && at.path == ["_id"] => "_id".to_owned(),
                _ => format!("(({} #>> {}) COLLATE \"C\")", at.base, postgres_path(&at.path)),
            },
        }
    }

    /// The value as JSON (PostgreSQL only).
    fn json(&self, at: &Place<'_>) -> String {
        if at.path.is_empty() { at.base.clone() } else { format!("({} #> {})", at.base, postgres_path(&at.path)) }
    }

    fn type_of(&self, at: &Place<'_>) -> String {
        match (self.dialect, at.element) {
            (Dialect::Sqlite, Some(n)) if at.path.is_empty() => format!("e{n}.type"),
            (Dialect::Sqlite, _) => format!("json_type({}, {})", at.base, sqlite_path(&at.path)),
            (Dialect::Postgres, _) => format!("jsonb_typeof({})", self.json(at)),
        }
    }

    /// Null or missing.
    fn is_null(&self, at: &Place<'_>) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("{} IS NULL", self.scalar(at, &Shape::Any)),
            Dialect::Postgres => format!("({} #>> {}) IS NULL", at.base, postgres_path(&at.path)),
        }
    }

    fn test(&mut self, at: &Place<'_>, known: usize, shape: &Shape, test: &Test) -> Condition {
        match (shape, test) {
            (_, Test::Exists) if known >= at.path.len() || at.path.len() == 1 => Condition::exact(format!("{} IS NOT NULL", self.type_of(at))),
            (Shape::Array(element), _) => self.array(at, element, test),
            (shape, test) if shape.is_scalar() => self.scalar_test(at, shape, test),
            (Shape::Object(_), Test::Eq(Bson::Null)) => Condition::exact(self.is_null(at)),
            (Shape::Any, test) => self.unknown(at, known, test),
            _ => Condition::any(),
        }
    }

    /// A test of an array whose elements have a known shape.
    fn array(&mut self, at: &Place<'_>, element: &Shape, test: &Test) -> Condition {
        match test {
            Test::Size(n) => {
                let n = self.bind(SqlValue::Integer(*n as i64));
                let of = self.type_of(at);
                Condition::exact(match self.dialect {
                    Dialect::Sqlite => format!("({of} = 'array' AND json_array_length({}, {}) = {n})", at.base, sqlite_path(&at.path)),
                    Dialect::Postgres => format!("(CASE WHEN {of} = 'array' THEN jsonb_array_length({}) = {n} ELSE FALSE END)", self.json(at)),
                })
            }
            Test::ElemMatch(filter) => match element {
                Shape::Object(_) => self.each(at, |this, e| this.filter(filter, element, e)),
                _ => Condition::any(),
            },
            Test::ElemTests(group) if element.is_scalar() && !is_group(group) => self.each(at, |this, e| {
                let parts = group
                    .iter()
                    .map(|elem| {
                        let part = this.scalar_test(e, element, &elem.test);
                        if elem.negated { not(part) } else { part }
                    })
                    .collect();
                all_of(parts)
            }),
            Test::Eq(Bson::Null) if element.is_scalar() => {
                let missing = Condition::exact(self.is_null(at));
                let among = self.each(at, |this, e| Condition::exact(this.is_null(e)));
                any_of(vec![missing, among])
            }
            Test::Eq(wanted) if element.is_scalar() && class_of(wanted).is_some() => {
                if self.dialect == Dialect::Postgres {
                    // An index over the array answers this.
                    let wanted = self.bind(SqlValue::Json(format!("[{}]", to_json(wanted))));
                    return Condition::exact(format!("{} @> {wanted}::jsonb", self.json(at)));
                }
                self.each(at, |this, e| this.scalar_test(e, element, test))
            }
            Test::In(values, _) if element.is_scalar() && values.iter().all(|v| class_of(v).is_some()) => self.each(at, |this, e| this.scalar_test(e, element, test)),
            Test::Compare(_, operand) if element.is_scalar() && class_of(operand).is_some() => self.each(at, |this, e| this.scalar_test(e, element, test)),
            Test::Matches(_) | Test::Mod(..) if element.is_scalar() => self.each(at, |this, e| this.scalar_test(e, element, test)),
            _ => Condition::any(),
        }
    }

    /// A test of a value whose class the schema knows.
    fn scalar_test(&mut self, at: &Place<'_>, shape: &Shape, test: &Test) -> Condition {
        match test {
            Test::Eq(Bson::Null) => Condition::exact(self.is_null(at)),
            Test::Eq(wanted) if has_class(wanted, shape) => {
                let x = self.scalar(at, shape);
                let wanted = self.operand(wanted);
                Condition::exact(format!("{x} = {wanted}"))
            }
            Test::Compare(how, operand) if has_class(operand, shape) => {
                let x = self.scalar(at, shape);
                let operand = self.operand(operand);
                let sign = match how {
                    Comparison::Gt => ">",
                    Comparison::Gte => ">=",
                    Comparison::Lt => "<",
                    Comparison::Lte => "<=",
                };
                let plain = format!("{x} {sign} {operand}");
                // JSON null is less than all else in PostgreSQL.
                let class = if matches!(shape, Shape::Number) { "number" } else { "boolean" };
                let bracket = self.dialect == Dialect::Postgres && matches!(shape, Shape::Number | Shape::Bool);
                Condition::exact(if bracket { format!("({plain} AND {} = '{class}')", self.type_of(at)) } else { plain })
            }
            Test::In(values, patterns) => {
                let x = self.scalar(at, shape);
                let fitting: Vec<&Bson> = values.iter().filter(|v| has_class(v, shape)).collect();
                let mut any = vec![];
                match (fitting.len(), self.dialect) {
                    (0, _) => {}
                    (501.., Dialect::Sqlite) => {
                        let all = Bson::Array(fitting.into_iter().cloned().collect());
                        let all = self.bind(SqlValue::Json(to_json(&all)));
                        any.push(Condition::exact(format!("{x} IN (SELECT value FROM json_each({all}))")));
                    }
                    _ => {
                        let all: Vec<String> = fitting.into_iter().map(|v| self.operand(v)).collect();
                        any.push(Condition::exact(format!("{x} IN ({})", all.join(", "))));
                    }
                }
                if values.iter().any(Bson::is_null) {
                    any.push(Condition::exact(self.is_null(at)));
                }
                for pattern in patterns {
                    any.push(self.pattern(at, shape, pattern));
                }
                any_of(any)
            }
            Test::Matches(pattern) => self.pattern(at, shape, pattern),
            Test::Exists => Condition::exact(format!("{} IS NOT NULL", self.type_of(at))),
            _ => Condition::any(),
        }
    }

    fn pattern(&mut self, at: &Place<'_>, shape: &Shape, pattern: &Pattern) -> Condition {
        if !matches!(shape, Shape::Text) {
            return Condition::any();
        }
        let x = self.scalar(at, shape);
        // A text that begins with `$` may be stored with a mark.
        let Some(plain) = pattern.plain().filter(|p| p.text.len() < 1000 && !p.text.starts_with('$') && !p.text.contains('\0')) else {
            return Condition::wide(format!("{x} IS NOT NULL"));
        };
        let text = plain.text;
        if plain.ignore_case {
            let mut like = String::with_capacity(text.len() + 2);
            if !plain.at_start {
                like.push('%');
            }
            for c in text.chars() {
                if matches!(c, '%' | '_' | '\\') {
                    like.push('\\');
                }
                like.push(c);
            }
            if !plain.at_end {
                like.push('%');
            }
            let like = self.bind(SqlValue::Text(like));
            let how = if self.dialect == Dialect::Sqlite { "LIKE" } else { "ILIKE" };
            return Condition::exact(format!("{x} {how} {like} ESCAPE '\\'"));
        }
        let n = text.chars().count();
        match (plain.at_start, plain.at_end) {
            (true, true) => {
                let text = self.bind(SqlValue::Text(text));
                Condition::exact(format!("{x} = {text}"))
            }
            (true, false) => match after(&text) {
                Some(after) => {
                    let (from, to) = (self.bind(SqlValue::Text(text)), self.bind(SqlValue::Text(after)));
                    Condition::exact(format!("({x} >= {from} AND {x} < {to})"))
                }
                None => Condition::wide(format!("{x} IS NOT NULL")),
            },
            (false, true) => {
                let text = self.bind(SqlValue::Text(text));
                Condition::exact(match self.dialect {
                    Dialect::Sqlite => format!("substr({x}, -{n}) = {text}"),
                    Dialect::Postgres => format!("right({x}, {n}) = {text}"),
                })
            }
            (false, false) if n == 0 => Condition::exact(format!("{x} IS NOT NULL")),
            (false, false) => {
                let text = self.bind(SqlValue::Text(text));
                let find = if self.dialect == Dialect::Sqlite { "instr" } else { "strpos" };
                Condition::exact(format!("{find}({x}, {text}) > 0"))
            }
        }
    }

    /// A test where the schema is silent: the value is a fitting scalar, or somewhere on the way is an array.
    fn unknown(&mut self, at: &Place<'_>, known: usize, test: &Test) -> Condition {
        let (operand, sign) = match test {
            Test::Eq(v) => (v, "="),
            Test::Compare(Comparison::Gt, v) => (v, ">"),
            Test::Compare(Comparison::Gte, v) => (v, ">="),
            Test::Compare(Comparison::Lt, v) => (v, "<"),
            Test::Compare(Comparison::Lte, v) => (v, "<="),
            _ => return Condition::any(),
        };
        let Some(class) = class_of(operand) else { return Condition::any() };
        let x = self.scalar(at, &class);
        let operand = self.operand(operand);
        let mut sql = format!("({x} {sign} {operand}");
        for end in known + 1..=at.path.len() {
            let on_the_way = Place { path: at.path[..end].to_vec(), ..at.clone() };
            let _ = write!(sql, " OR {} = 'array'", self.type_of(&on_the_way));
        }
        Condition::wide(sql + ")")
    }

    /// Binds a scalar in the form in which it is stored.
    fn operand(&mut self, value: &Bson) -> String {
        let sqlite = self.dialect == Dialect::Sqlite;
        match value {
            Bson::Num(n) if n.is_finite() && sqlite => {
                let whole = n.fract() == 0.0 && n.abs() < 9e15;
                self.bind(if whole { SqlValue::Integer(*n as i64) } else { SqlValue::Real(*n) })
            }
            Bson::Bool(b) if sqlite => self.bind(SqlValue::Integer(i64::from(*b))),
            Bson::Num(_) | Bson::Bool(_) => self.bind(SqlValue::Json(to_json(value))) + "::jsonb",
            Bson::Str(s) => {
                let text = marked(value).unwrap_or_else(|| s.clone());
                self.bind(SqlValue::Text(text))
            }
            other => self.bind(SqlValue::Text(marked(other).unwrap_or_default())),
        }
    }

    /// `ORDER BY` for paths the schema knows as scalars; `None` where SQL's order is not MongoDB's.
    pub fn order(&self, keys: &[(String, bool)], shape: &Shape) -> Option<String> {
        let mut parts = vec![];
        for (path, ascending) in keys {
            let way = route(shape, path);
            if !way.through.is_empty() || !way.shape.is_scalar() || !path.split('.').all(is_quotable) {
                return None;
            }
            let place = Place { base: "doc".to_owned(), element: None, path: way.rest };
            let x = match self.dialect {
                // JSON null is not SQL's.
                Dialect::Postgres if matches!(way.shape, Shape::Number | Shape::Bool) => format!("NULLIF({}, 'null'::jsonb)", self.scalar(&place, &way.shape)),
                _ => self.scalar(&place, &way.shape),
            };
            parts.push(match (self.dialect, ascending) {
                (Dialect::Sqlite, true) => x,
                (Dialect::Sqlite, false) => format!("{x} DESC"),
                (Dialect::Postgres, true) => format!("{x} NULLS FIRST"),
                (Dialect::Postgres, false) => format!("{x} DESC NULLS LAST"),
            });
        }
        Some(parts.join(", "))
    }

    /// The expression that an index over a path is on; `None` if SQL cannot index it.
    pub fn indexed(&self, path: &str, shape: &Shape) -> Option<String> {
        let way = route(shape, path);
        if !way.through.is_empty() || matches!(way.shape, Shape::Array(_) | Shape::Object(_)) || !path.split('.').all(is_quotable) {
            return None;
        }
        let place = Place { base: "doc".to_owned(), element: None, path: way.rest };
        Some(self.scalar(&place, &way.shape))
    }
}

fn is_group(group: &[Elem]) -> bool {
    matches!(group, [Elem { test: Test::ElemTests(_), .. }])
}

/// Whether a missing value passes.
fn takes_missing(test: &Test) -> bool {
    match test {
        Test::Eq(v) => v.is_null(),
        Test::Compare(how, v) => v.is_null() && matches!(how, Comparison::Gte | Comparison::Lte),
        Test::In(values, _) => values.iter().any(Bson::is_null),
        _ => false,
    }
}

fn class_of(value: &Bson) -> Option<Shape> {
    Some(match value {
        Bson::Num(n) if n.is_finite() => Shape::Number,
        Bson::Str(_) => Shape::Text,
        Bson::Bool(_) => Shape::Bool,
        Bson::Date(t) if !t.is_nan() => Shape::Date,
        Bson::Id(_) => Shape::Id,
        _ => return None,
    })
}

fn has_class(value: &Bson, shape: &Shape) -> bool {
    class_of(value).is_some_and(|class| std::mem::discriminant(&class) == std::mem::discriminant(shape))
}

fn all_of(mut parts: Vec<Condition>) -> Condition {
    let exact = parts.iter().all(|p| p.exact);
    parts.retain(|p| !p.is_any());
    Condition {
        sql: match parts.len() {
            0 => "TRUE".to_owned(),
            1 => parts.remove(0).sql,
            _ => format!("({})", parts.into_iter().map(|p| p.sql).collect::<Vec<_>>().join(" AND ")),
        },
        exact,
    }
}

fn any_of(mut parts: Vec<Condition>) -> Condition {
    if parts.iter().any(|p| p.is_any() && !p.exact) {
        return Condition::any();
    }
    let exact = parts.iter().all(|p| p.exact);
    Condition {
        sql: match parts.len() {
            0 => "FALSE".to_owned(),
            1 => parts.remove(0).sql,
            _ => format!("({})", parts.into_iter().map(|p| p.sql).collect::<Vec<_>>().join(" OR ")),
        },
        exact,
    }
}

fn not(inner: Condition) -> Condition {
    if inner.exact { Condition::exact(format!("({}) IS NOT TRUE", inner.sql)) } else { Condition::any() }
}

/// The least text after all that begin with `text`.
fn after(text: &str) -> Option<String> {
    let mut chars: Vec<char> = text.chars().collect();
    let last = chars.pop()?;
    let next = (last as u32 + 1..=0x0010_FFFF).find_map(char::from_u32)?;
    chars.push(next);
    Some(chars.into_iter().collect())
}
