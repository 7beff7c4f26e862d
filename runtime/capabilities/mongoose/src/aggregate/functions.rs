//! The functions of aggregation expressions.

use crate::doc::{Bson, Map};
use puremix_js::date::{days_from_civil, split};
use std::cmp::Ordering;

type Answer = Result<Option<Bson>, String>;

fn num(n: f64) -> Answer {
    Ok(Some(Bson::Num(n)))
}

fn text(s: impl Into<String>) -> Answer {
    Ok(Some(Bson::Str(s.into())))
}

fn truth(b: bool) -> Answer {
    Ok(Some(Bson::Bool(b)))
}

const NULL: Answer = Ok(Some(Bson::Null));

/// Functions whose arguments are a list.
pub fn of_values(name: &str, args: &[Option<Bson>]) -> Answer {
    let arg = |i: usize| args.get(i).and_then(Option::as_ref).unwrap_or(&Bson::Null);
    let number = |i: usize| arg(i).as_num().ok_or_else(|| format!("{name} only supports numeric types, not {}", arg(i).type_name()));
    let nullish = args.iter().any(|a| a.as_ref().is_none_or(Bson::is_null));
    match name {
        "$eq" | "$ne" | "$gt" | "$gte" | "$lt" | "$lte" | "$cmp" => {
            // Missing stands before null.
            let order = match (args.first().and_then(Option::as_ref), args.get(1).and_then(Option::as_ref)) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(a), Some(b)) => a.order(b),
            };
            match name {
                "$eq" => truth(order == Ordering::Equal),
                "$ne" => truth(order != Ordering::Equal),
                "$gt" => truth(order == Ordering::Greater),
                "$gte" => truth(order != Ordering::Less),
                "$lt" => truth(order == Ordering::Less),
                "$lte" => truth(order != Ordering::Greater),
                _ => num(f64::from(order as i8)),
            }
        }
        "$not" => truth(!arg(0).is_true()),
        "$add" if nullish => NULL,
        "$add" => {
            let (mut sum, mut date) = (0.0, false);
            for (i, value) in args.iter().flatten().enumerate() {
                match value {
                    Bson::Date(t) => (sum, date) = (sum + t, true),
                    _ => sum += number(i)?,
                }
            }
            Ok(Some(if date { Bson::Date(sum) } else { Bson::Num(sum) }))
        }
        "$subtract" if nullish => NULL,
        "$subtract" => match (arg(0), arg(1)) {
            (Bson::Date(a), Bson::Date(b)) => num(a - b),
            (Bson::Date(a), _) => Ok(Some(Bson::Date(a - number(1)?))),
            _ => num(number(0)? - number(1)?),
        },
        "$multiply" | "$divide" | "$mod" | "$pow" | "$abs" | "$ceil" | "$floor" | "$trunc" | "$round" | "$sqrt" | "$exp" | "$ln" | "$log10" if nullish => NULL,
        "$multiply" => {
            let mut product = 1.0;
            for i in 0..args.len() {
                product *= number(i)?;
            }
            num(product)
        }
        "$divide" => match number(1)? {
            0.0 => Err("can't $divide by zero".to_owned()),
            divisor => num(number(0)? / divisor),
        },
        "$mod" => match number(1)? {
            0.0 => Err("can't $mod by zero".to_owned()),
            divisor => num(number(0)? % divisor),
        },
        "$pow" => num(number(0)?.powf(number(1)?)),
        "$abs" => num(number(0)?.abs()),
        "$ceil" => num(number(0)?.ceil()),
        "$floor" => num(number(0)?.floor()),
        "$sqrt" => num(number(0)?.sqrt()),
        "$exp" => num(number(0)?.exp()),
        "$ln" => num(number(0)?.ln()),
        "$log10" => num(number(0)?.log10()),
        "$trunc" | "$round" => {
            let scale = 10f64.powf(if args.len() > 1 { number(1)? } else { 0.0 });
            let n = number(0)? * scale;
            num(if name == "$trunc" { n.trunc() } else { n.round_ties_even() } / scale)
        }
        "$concat" if nullish => NULL,
        "$concat" => {
            let mut out = String::new();
            for i in 0..args.len() {
                out += arg(i).as_str().ok_or_else(|| format!("$concat only supports strings, not {}", arg(i).type_name()))?;
            }
            text(out)
        }
        "$toLower" => text(shown(arg(0)).to_lowercase()),
        "$toUpper" => text(shown(arg(0)).to_uppercase()),
        "$strLenCP" => num(arg(0).as_str().ok_or("$strLenCP requires a string argument")?.chars().count() as f64),
        "$substr" | "$substrCP" | "$substrBytes" => {
            let (from, count) = (number(1)?, number(2)?);
            let chars = shown(arg(0));
            let from = from.max(0.0) as usize;
            text(if count < 0.0 { chars.chars().skip(from).collect::<String>() } else { chars.chars().skip(from).take(count as usize).collect() })
        }
        "$split" if nullish => NULL,
        "$split" => {
            let (all, by) = (arg(0).as_str().ok_or("$split requires an expression that evaluates to a string")?, arg(1).as_str().unwrap_or_default());
            Ok(Some(Bson::Array(all.split(by).map(Bson::from).collect())))
        }
        "$indexOfCP" => match (arg(0).as_str(), arg(1).as_str()) {
            (Some(all), Some(part)) => num(all.find(part).map_or(-1.0, |at| all[..at].chars().count() as f64)),
            _ => NULL,
        },
        "$strcasecmp" => num(f64::from(shown(arg(0)).to_lowercase().cmp(&shown(arg(1)).to_lowercase()) as i8)),
        "$toString" if nullish => NULL,
        "$toString" => text(shown(arg(0))),
        "$toInt" | "$toDouble" | "$toLong" | "$toDecimal" => match arg(0) {
            Bson::Null => NULL,
            Bson::Bool(b) => num(f64::from(u8::from(*b))),
            Bson::Date(t) => num(*t),
            Bson::Str(s) => num(s.trim().parse().map_err(|_| format!("Failed to parse number '{s}' in {name} with no onError value"))?),
            other => num(other.as_num().map(|n| if name == "$toInt" || name == "$toLong" { n.trunc() } else { n }).ok_or_else(|| format!("Unsupported conversion from {} to number", other.type_name()))?),
        },
        "$toBool" => if nullish { NULL } else { truth(arg(0).is_true()) },
        "$toObjectId" => match arg(0) {
            Bson::Null => NULL,
            Bson::Id(_) => Ok(Some(arg(0).clone())),
            other => crate::doc::json::parse_hex(&shown(other)).map(|id| Some(Bson::Id(id))).ok_or_else(|| format!("Failed to parse objectId '{}' in $convert with no onError value", shown(other))),
        },
        "$toDate" => match arg(0) {
            Bson::Null => NULL,
            Bson::Str(s) => Ok(Some(Bson::Date(puremix_js::date::parse_date(s, &|t| t)))),
            Bson::Id(id) => Ok(Some(Bson::Date(f64::from(u32::from_be_bytes([id[0], id[1], id[2], id[3]])) * 1000.0))),
            other => Ok(other.as_num().map(Bson::Date).or_else(|| Some(other.clone()))),
        },
        "$type" => text(args.first().and_then(Option::as_ref).map_or("missing", Bson::type_name)),
        "$isArray" => truth(matches!(arg(0), Bson::Array(_))),
        "$isNumber" => truth(arg(0).as_num().is_some()),
        "$size" => num(arg(0).as_array().ok_or_else(|| format!("The argument to $size must be an array, but was of type: {}", args.first().and_then(Option::as_ref).map_or("missing", Bson::type_name)))?.len() as f64),
        "$arrayElemAt" | "$first" | "$last" => {
            let Bson::Array(items) = arg(0) else { return NULL };
            let i = match name {
                "$first" => 0.0,
                "$last" => -1.0,
                _ => number(1)?,
            };
            let i = if i < 0.0 { items.len() as f64 + i } else { i };
            Ok(if i < 0.0 { None } else { items.get(i as usize).cloned() })
        }
        "$slice" if nullish => NULL,
        "$slice" => {
            let items = arg(0).as_array().ok_or("First argument to $slice must be an array")?;
            let len = items.len() as f64;
            let from = |n: f64| if n < 0.0 { (len + n).max(0.0) } else { n.min(len) };
            let (start, count) = match args.len() {
                2 if number(1)? < 0.0 => (from(number(1)?), len),
                2 => (0.0, number(1)?),
                _ => (from(number(1)?), number(2)?),
            };
            Ok(Some(Bson::Array(items.iter().skip(start as usize).take(count.max(0.0) as usize).cloned().collect())))
        }
        "$concatArrays" if nullish => NULL,
        "$concatArrays" => Ok(Some(Bson::Array(args.iter().flatten().flat_map(|a| a.as_array().unwrap_or_default().to_vec()).collect()))),
        "$in" => truth(arg(1).as_array().ok_or("$in requires an array as a second argument")?.iter().any(|v| v.equals(arg(0)))),
        "$reverseArray" => Ok(Some(arg(0).as_array().map_or(Bson::Null, |items| Bson::Array(items.iter().rev().cloned().collect())))),
        "$indexOfArray" => match arg(0) {
            Bson::Array(items) => num(items.iter().position(|v| v.equals(arg(1))).map_or(-1.0, |i| i as f64)),
            _ => NULL,
        },
        "$range" => {
            let (start, end, step) = (number(0)?, number(1)?, if args.len() > 2 { number(2)? } else { 1.0 });
            if step == 0.0 || (end - start) / step > 1e6 {
                return Err("$range requires a non-zero step, and gives at most a million elements here".to_owned());
            }
            let n = ((end - start) / step).ceil().max(0.0) as usize;
            Ok(Some(Bson::Array((0..n).map(|i| Bson::Num(start + i as f64 * step)).collect())))
        }
        "$setUnion" | "$setIntersection" | "$setDifference" | "$setIsSubset" | "$setEquals" => sets(name, args),
        "$anyElementTrue" => truth(arg(0).as_array().unwrap_or_default().iter().any(Bson::is_true)),
        "$allElementsTrue" => truth(arg(0).as_array().unwrap_or_default().iter().all(Bson::is_true)),
        "$mergeObjects" => {
            let mut out = Map::default();
            for map in args.iter().flatten().filter_map(Bson::as_object) {
                map.iter().for_each(|(n, v)| out.set(n, v.clone()));
            }
            Ok(Some(Bson::Object(out)))
        }
        "$objectToArray" => Ok(Some(arg(0).as_object().map_or(Bson::Null, |m| {
            Bson::Array(m.iter().map(|(k, v)| Bson::Object([("k", Bson::from(k)), ("v", v.clone())].into_iter().collect())).collect())
        }))),
        "$arrayToObject" => {
            let mut out = Map::default();
            for item in arg(0).as_array().unwrap_or_default() {
                match item {
                    Bson::Object(m) => out.set(m.get("k").and_then(Bson::as_str).unwrap_or_default(), m.get("v").cloned().unwrap_or(Bson::Null)),
                    Bson::Array(pair) if pair.len() == 2 => out.set(pair[0].as_str().unwrap_or_default(), pair[1].clone()),
                    _ => return Err("$arrayToObject requires pairs".to_owned()),
                }
            }
            Ok(Some(Bson::Object(out)))
        }
        "$sum" | "$avg" | "$min" | "$max" | "$stdDevPop" | "$stdDevSamp" => {
            let all: Vec<Bson> = match args {
                [Some(Bson::Array(items))] => items.clone(),
                many => many.iter().flatten().cloned().collect(),
            };
            let mut gathered = super::group::Gathered::new(name, None)?;
            all.into_iter().for_each(|v| gathered.add(Some(v)));
            Ok(Some(gathered.finish()))
        }
        "$rand" => num(f64::from(getrandom::u32().unwrap_or(0)) / 4_294_967_296.0),
        "$year" | "$month" | "$dayOfMonth" | "$hour" | "$minute" | "$second" | "$millisecond" | "$dayOfWeek" | "$dayOfYear" | "$isoDayOfWeek" | "$week" | "$isoWeek" | "$isoWeekYear" => {
            let value = match arg(0) {
                Bson::Object(m) => m.get("date").unwrap_or(&Bson::Null),
                value => value,
            };
            match value {
                Bson::Null => NULL,
                Bson::Date(t) => num(super::group::date_part(name, *t)),
                other => Err(format!("can't convert from BSON type {} to Date", other.type_name())),
            }
        }
        name => Err(format!("Unrecognized expression '{name}'")),
    }
}

fn sets(name: &str, args: &[Option<Bson>]) -> Answer {
    let mut lists = vec![];
    for arg in args {
        match arg {
            Some(Bson::Array(items)) => {
                let mut items = items.clone();
                items.sort_by(Bson::order);
                items.dedup_by(|a, b| a.equals(b));
                lists.push(items);
            }
            _ => return NULL,
        }
    }
    let has = |list: &[Bson], v: &Bson| list.iter().any(|x| x.equals(v));
    let [first, rest @ ..] = lists.as_slice() else { return Ok(Some(Bson::Array(vec![]))) };
    match name {
        "$setUnion" => {
            let mut all: Vec<Bson> = lists.iter().flatten().cloned().collect();
            all.sort_by(Bson::order);
            all.dedup_by(|a, b| a.equals(b));
            Ok(Some(Bson::Array(all)))
        }
        "$setIntersection" => Ok(Some(Bson::Array(first.iter().filter(|v| rest.iter().all(|l| has(l, v))).cloned().collect()))),
        "$setDifference" => Ok(Some(Bson::Array(first.iter().filter(|v| !rest.iter().any(|l| has(l, v))).cloned().collect()))),
        "$setIsSubset" => truth(first.iter().all(|v| rest.iter().all(|l| has(l, v)))),
        _ => truth(rest.iter().all(|l| l.len() == first.len() && first.iter().all(|v| has(l, v)))),
    }
}

/// Functions whose arguments have names.
pub fn of_named(name: &str, args: &Map) -> Answer {
    let arg = |key: &str| args.get(key).unwrap_or(&Bson::Null);
    let str_of = |key: &str| arg(key).as_str();
    match name {
        "$dateToString" => match arg("date") {
            Bson::Date(t) => text(super::group::format_date(*t, str_of("format").unwrap_or("%Y-%m-%dT%H:%M:%S.%LZ"))),
            _ => Ok(Some(arg("onNull").clone())),
        },
        "$dateFromString" => Ok(Some(Bson::Date(puremix_js::date::parse_date(str_of("dateString").unwrap_or_default(), &|t| t)))),
        "$dateTrunc" => match arg("date") {
            Bson::Date(t) => Ok(Some(Bson::Date(truncate(*t, str_of("unit").unwrap_or("day"))))),
            _ => NULL,
        },
        "$dateAdd" | "$dateSubtract" => match arg("startDate") {
            Bson::Date(t) => {
                let n = arg("amount").as_num().unwrap_or(0.0) * if name == "$dateAdd" { 1.0 } else { -1.0 };
                Ok(Some(Bson::Date(add(*t, n, str_of("unit").unwrap_or("day")))))
            }
            _ => NULL,
        },
        "$dateDiff" => match (arg("startDate"), arg("endDate")) {
            (Bson::Date(a), Bson::Date(b)) => {
                let unit = str_of("unit").unwrap_or("day");
                let months = |t: f64| {
                    let f = split(t);
                    f.year as f64 * 12.0 + f64::from(f.month)
                };
                num(match unit {
                    "month" => months(*b) - months(*a),
                    "quarter" => ((months(*b) / 3.0).floor()) - (months(*a) / 3.0).floor(),
                    "year" => (split(*b).year - split(*a).year) as f64,
                    unit => ((truncate(*b, unit) - truncate(*a, unit)) / length(unit)).round(),
                })
            }
            _ => NULL,
        },
        "$regexMatch" => match (str_of("input"), arg("regex")) {
            (Some(input), Bson::Str(source)) => truth(crate::query::pattern::Pattern::new(source, str_of("options").unwrap_or_default())?.is_match(input)),
            (Some(input), Bson::Regex(source, flags)) => truth(crate::query::pattern::Pattern::new(source, flags)?.is_match(input)),
            _ => truth(false),
        },
        "$replaceAll" | "$replaceOne" => match (str_of("input"), str_of("find"), str_of("replacement")) {
            (Some(input), Some(find), Some(new)) => text(if name == "$replaceAll" { input.replace(find, new) } else { input.replacen(find, new, 1) }),
            _ => NULL,
        },
        "$trim" | "$ltrim" | "$rtrim" => match str_of("input") {
            Some(input) => {
                let drop = |c: char| str_of("chars").map_or(c.is_whitespace() || c == '\0', |chars| chars.contains(c));
                text(match name {
                    "$trim" => input.trim_matches(drop),
                    "$ltrim" => input.trim_start_matches(drop),
                    _ => input.trim_end_matches(drop),
                })
            }
            None => NULL,
        },
        "$sortArray" => match arg("input") {
            Bson::Array(items) => {
                let mut items = items.clone();
                match arg("sortBy") {
                    Bson::Object(keys) => {
                        let keys: crate::query::sort::Keys = keys.iter().map(|(n, d)| (n.to_owned(), d.as_num() != Some(-1.0))).collect();
                        let empty = Map::default();
                        items.sort_by(|a, b| crate::query::sort::order(a.as_object().unwrap_or(&empty), b.as_object().unwrap_or(&empty), &keys));
                    }
                    direction => {
                        items.sort_by(Bson::order);
                        if direction.as_num() == Some(-1.0) {
                            items.reverse();
                        }
                    }
                }
                Ok(Some(Bson::Array(items)))
            }
            _ => NULL,
        },
        _ => Ok(arg("input").as_object().and_then(|m| m.get(str_of("field").unwrap_or_default()).cloned())),
    }
}

/// A value as text, as `$toString` gives it.
pub fn shown(value: &Bson) -> String {
    match value {
        Bson::Null => String::new(),
        Bson::Str(s) => s.clone(),
        Bson::Id(id) => crate::doc::json::hex(id),
        Bson::Date(t) => puremix_js::date::iso(*t),
        Bson::Decimal(text) => text.clone(),
        other => crate::doc::json::to_json(other),
    }
}

/// Milliseconds of units of constant length.
fn length(unit: &str) -> f64 {
    match unit {
        "week" => 604_800_000.0,
        "hour" => 3_600_000.0,
        "minute" => 60_000.0,
        "second" => 1000.0,
        "millisecond" => 1.0,
        _ => 86_400_000.0,
    }
}

fn truncate(t: f64, unit: &str) -> f64 {
    let f = split(t);
    let day = |year: i64, month: u32| days_from_civil(year, month, 1) as f64 * 86_400_000.0;
    match unit {
        "year" => day(f.year, 0),
        "quarter" => day(f.year, f.month / 3 * 3),
        "month" => day(f.year, f.month),
        // Weeks begin on Sunday; 1970-01-01 was a Thursday.
        "week" => ((t / 86_400_000.0).floor() + 4.0).div_euclid(7.0).mul_add(7.0, -4.0) * 86_400_000.0,
        unit => (t / length(unit)).floor() * length(unit),
    }
}

fn add(t: f64, n: f64, unit: &str) -> f64 {
    let months = match unit {
        "year" => n * 12.0,
        "quarter" => n * 3.0,
        "month" => n,
        unit => return t + n * length(unit),
    };
    let f = split(t);
    let total = f.year * 12 + i64::from(f.month) + months as i64;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) as u32);
    let next = days_from_civil(if month == 11 { year + 1 } else { year }, (month + 1) % 12, 1);
    let first = days_from_civil(year, month, 1);
    let day = i64::from(f.day).min(next - first);
    (first + day - 1) as f64 * 86_400_000.0 + t.rem_euclid(86_400_000.0)
}
