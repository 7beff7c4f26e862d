//! Indexes of a schema as indexes over expressions.

use super::Model;
use crate::js::criteria;
use crate::js::exec::{quoted, wait};
use crate::js::schema::{Index, Kind, Schema};
use crate::js::support::*;
use crate::query::filter;
use crate::query::shape::{Shape, route};
use crate::query::sql::Emitter;
use puremix_sql::{Database, Dialect};
use puremix_value::{Cx, R, Value};

impl Model {
    /// All indexes: the schema's own, and those of subdocuments under their paths.
    pub fn indexes(&self) -> Vec<Index> {
        let mut out = vec![];
        collect(&self.schema, "", &mut out);
        out
    }

    /// Unique indexes: name in SQL, name in MongoDB, keys.
    pub fn unique_indexes(&self, cx: Cx) -> Vec<(String, String, Vec<(String, Value)>)> {
        let unique = self.indexes().into_iter().filter(|index| flag(cx, &index.options, "unique").unwrap_or(false));
        unique.map(|index| (sql_name(&self.collection, &name(cx, &index)), name(cx, &index), index.keys)).collect()
    }

    /// Makes what is missing. An index that the data refuses is reported and left out, as mongoose does.
    pub async fn make_indexes(&self, cx: Cx, database: &dyn Database) -> R<()> {
        let dialect = database.dialect();
        for index in self.indexes() {
            for statement in self.statements(cx, &index, dialect)? {
                match statement {
                    Ok(sql) => {
                        let mut outcome = wait(cx, database.script(&sql)).await;
                        if outcome.is_err() {
                            outcome = wait(cx, database.script(&sql)).await;
                        }
                        if let Err(e) = outcome {
                            report(&format!("mongoose: index {} of {} was not made: {}", name(cx, &index), self.collection, e.message));
                        }
                    }
                    Err(why) => report(&format!("mongoose: index {} of {} was not made: {why}", name(cx, &index), self.collection)),
                }
            }
        }
        Ok(())
    }

    /// The statements of one index, or why there is none.
    fn statements(&self, cx: Cx, index: &Index, dialect: Dialect) -> R<Vec<Result<String, String>>> {
        let (unique, sparse) = (flag(cx, &index.options, "unique")?, flag(cx, &index.options, "sparse")?);
        let shape = self.shape();
        let sql_name = sql_name(&self.collection, &name(cx, index));
        let table = quoted(&self.collection);
        let only = match self.only(cx, index, dialect)? {
            Ok(only) => only,
            Err(why) => return Ok(vec![Err(why)]),
        };
        let emitter = Emitter::new(dialect);
        let mut columns = vec![];
        let mut expressions = vec![];
        for (path, direction) in &index.keys {
            if let Value::Str(kind) = direction {
                return Ok(vec![Err(format!("`{}` indexes are not supported", kind.as_str()))]);
            }
            let way = route(&shape, path);
            if let (Shape::Array(_), Dialect::Postgres, [_], false, true) = (&way.shape, dialect, index.keys.as_slice(), unique, way.through.is_empty()) {
                let quoted_path: Vec<String> = path.split('.').map(|p| format!("\"{p}\"")).collect();
                return Ok(vec![Ok(format!("CREATE INDEX IF NOT EXISTS {} ON {table} USING gin ((doc #> '{{{}}}') jsonb_path_ops)", quoted(&sql_name), quoted_path.join(",")))]);
            }
            let Some(expression) = emitter.indexed(path, &shape) else {
                // Elements of arrays have no index in SQLite. Without uniqueness nothing is lost but time.
                let why = format!("uniqueness of `{path}`, which is in an array, cannot be kept by SQL");
                return Ok(if unique { vec![Err(why)] } else { vec![] });
            };
            let down = direction.as_num() == Some(-1.0);
            columns.push(match (dialect, down) {
                (Dialect::Sqlite, false) => expression.clone(),
                (Dialect::Sqlite, true) => format!("{expression} DESC"),
                (Dialect::Postgres, false) => format!("({expression}) NULLS FIRST"),
                (Dialect::Postgres, true) => format!("({expression}) DESC NULLS LAST"),
            });
            expressions.push(expression);
        }
        let kind = if unique { "UNIQUE INDEX" } else { "INDEX" };
        let rows = only.as_ref().map_or_else(String::new, |only| format!(" WHERE {only}"));
        let mut out = vec![Ok(format!("CREATE {kind} IF NOT EXISTS {} ON {table} ({}){rows}", quoted(&sql_name), columns.join(", ")))];
        if unique && !sparse {
            // To MongoDB a missing value is a value; to SQL nulls differ from one another.
            let nulls: Vec<String> = expressions.iter().map(|e| format!("({e}) IS NULL")).collect();
            let all: Vec<String> = expressions.iter().map(|e| if dialect == Dialect::Sqlite { format!("ifnull({e}, '')") } else { format!("(coalesce(({e})::text, ''))") }).collect();
            let only = only.as_ref().map_or_else(String::new, |only| format!(" AND {only}"));
            out.push(Ok(format!("CREATE UNIQUE INDEX IF NOT EXISTS {} ON {table} ({}) WHERE ({}){only}", quoted(&format!("{sql_name}_null")), all.join(", "), nulls.join(" OR "))));
        }
        Ok(out)
    }

    /// `partialFilterExpression` as a condition of SQL, or why it cannot be one.
    fn only(&self, cx: Cx, index: &Index, dialect: Dialect) -> R<Result<Option<String>, String>> {
        let given = option_of(cx, index, "partialFilterExpression")?;
        if given.is_undefined() {
            return Ok(Ok(None));
        }
        let to = criteria::Context { schema: &self.schema, model: &self.name, strict: false, sanitize: false };
        let filter = match filter::parse(&criteria::cast_filter(cx, to, &given)?) {
            Ok(filter) => filter,
            Err(why) => return Ok(Err(why.to_string())),
        };
        Ok(Emitter::new(dialect).constant(&filter, &self.shape()).map(Some).ok_or_else(|| "SQL cannot tell its partialFilterExpression; name paths of the schema".to_owned()))
    }
}

fn option_of(cx: Cx, index: &Index, name: &str) -> R {
    option(cx, &index.options, name)
}

fn collect(schema: &Schema, prefix: &str, out: &mut Vec<Index>) {
    for index in schema.indexes.borrow().iter() {
        let keys = index.keys.iter().map(|(path, d)| (format!("{prefix}{path}"), d.clone())).collect();
        out.push(Index { keys, options: index.options.clone() });
    }
    for (path, ty) in schema.paths.borrow().iter() {
        if let Kind::Documents(inner) | Kind::Document(inner) = &ty.kind {
            collect(inner, &format!("{prefix}{path}."), out);
        }
    }
}

/// `email_1`, `a_1_b_-1`, or the name given.
fn name(cx: Cx, index: &Index) -> String {
    if let Ok(Value::Str(name)) = option(cx, &index.options, "name") {
        return name.to_string();
    }
    let parts = index.keys.iter().map(|(path, d)| format!("{path}_{}", d.as_num().map_or_else(|| "1".to_owned(), |n| puremix_js::num_to_str(n).to_string())));
    parts.collect::<Vec<_>>().join("_")
}

/// Names of indexes are a database's, not a table's, and PostgreSQL takes 63 bytes.
fn sql_name(collection: &str, name: &str) -> String {
    let full = format!("{collection}_{name}");
    if full.len() <= 55 {
        return full;
    }
    let hash = full.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut head = full;
    while head.len() > 38 {
        head.pop();
    }
    format!("{head}_{hash:016x}")
}

pub(super) fn report(message: &str) {
    if let Some(host) = puremix_node::host() {
        host.write_output(&format!("{message}\n"), true);
    }
}
