//! A small evaluator of JavaScript expressions, so that built-ins can be tested in their own language: literals, members, calls,
//! `new`, operators, assignment to members, arrow functions with an expression body, spread.

use puremix_js as js;
use puremix_value::*;
use std::cell::RefCell;
use std::rc::Rc;

enum Ast {
    Value(Value),
    Name(String),
    Regex(String, String),
    Array(Vec<(bool, Option<Ast>)>),
    Object(Vec<(Option<Ast>, Ast)>),
    Member(Box<Ast>, Box<Ast>),
    Call(Box<Ast>, Vec<(bool, Ast)>),
    New(Box<Ast>, Vec<(bool, Ast)>),
    Unary(String, Box<Ast>),
    Binary(String, Box<Ast>, Box<Ast>),
    Assign(Box<Ast>, Box<Ast>),
    If(Box<Ast>, Box<Ast>, Box<Ast>),
    Arrow(Vec<String>, Rc<Ast>),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Num(f64),
    Big(String),
    Str(String),
    Name(String),
    Regex(String, String),
    Sign(String),
    End,
}

const SIGNS: &[&str] = &["...", "===", "!==", "**", "=>", "==", "!=", "<=", ">=", "&&", "||", "??"];

fn tokens(source: &str) -> Vec<Token> {
    let c: Vec<char> = source.chars().collect();
    let mut out: Vec<Token> = vec![];
    let mut i = 0;
    while i < c.len() {
        let start = i;
        let value_before = matches!(out.last(), Some(Token::Num(_) | Token::Str(_) | Token::Name(_) | Token::Big(_)))
            || matches!(out.last(), Some(Token::Sign(s)) if s == ")" || s == "]" || s == "}");
        match c[i] {
            ' ' | '\n' => i += 1,
            '0'..='9' => {
                while i < c.len() && (c[i].is_ascii_alphanumeric() || c[i] == '.' || (matches!(c[i], '+' | '-') && matches!(c[i - 1], 'e') && !c[start..i].contains(&'x'))) {
                    i += 1;
                }
                let text: String = c[start..i].iter().collect();
                out.push(match text.strip_suffix('n') {
                    Some(big) => Token::Big(big.into()),
                    None => Token::Num(js::str_to_num(&text)),
                });
            }
            q @ ('"' | '\'') => {
                let mut text = vec![];
                i += 1;
                while c[i] != q {
                    if c[i] == '\\' {
                        i += 1;
                        match c[i] {
                            'n' => text.push(10),
                            't' => text.push(9),
                            'r' => text.push(13),
                            'u' => {
                                text.push(u16::from_str_radix(&c[i + 1..i + 5].iter().collect::<String>(), 16).unwrap());
                                i += 4;
                            }
                            other => text.push(other as u16),
                        }
                    } else {
                        text.extend_from_slice(c[i].encode_utf16(&mut [0; 2]));
                    }
                    i += 1;
                }
                i += 1;
                out.push(Token::Str(text.iter().map(|u| format!("{u:04x}")).collect()));
            }
            '/' if !value_before => {
                let mut class = false;
                i += 1;
                while c[i] != '/' || class {
                    match c[i] {
                        '\\' => i += 1,
                        '[' => class = true,
                        ']' => class = false,
                        _ => {}
                    }
                    i += 1;
                }
                let body = c[start + 1..i].iter().collect();
                i += 1;
                let flags = i;
                while i < c.len() && c[i].is_ascii_alphabetic() {
                    i += 1;
                }
                out.push(Token::Regex(body, c[flags..i].iter().collect()));
            }
            x if x.is_alphabetic() || x == '_' || x == '$' => {
                while i < c.len() && (c[i].is_alphanumeric() || c[i] == '_' || c[i] == '$') {
                    i += 1;
                }
                out.push(Token::Name(c[start..i].iter().collect()));
            }
            x => {
                let rest: String = c[i..].iter().take(3).collect();
                let sign = SIGNS.iter().find(|s| rest.starts_with(**s)).map_or(x.to_string(), |s| s.to_string());
                i += sign.len();
                out.push(Token::Sign(sign));
            }
        }
    }
    out.push(Token::End);
    out
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Token {
        self.tokens[self.at].clone()
    }
    fn next(&mut self) -> Token {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }
    fn is(&self, sign: &str) -> bool {
        self.peek() == Token::Sign(sign.into())
    }
    fn eat(&mut self, sign: &str) -> bool {
        let hit = self.is(sign);
        self.at += usize::from(hit);
        hit
    }
    fn expect(&mut self, sign: &str) {
        assert!(self.eat(sign), "{sign} expected, found {:?} in {:?}", self.peek(), self.tokens);
    }

    fn arrow(&mut self) -> Option<Ast> {
        let start = self.at;
        let mut names = vec![];
        match self.next() {
            Token::Name(n) => names.push(n),
            Token::Sign(s) if s == "(" => {
                while let Token::Name(n) = self.peek() {
                    self.at += 1;
                    names.push(n);
                    self.eat(",");
                }
                if !self.eat(")") {
                    self.at = start;
                    return None;
                }
            }
            _ => {}
        }
        if self.eat("=>") {
            return Some(Ast::Arrow(names, Rc::new(self.expression())));
        }
        self.at = start;
        None
    }

    fn expression(&mut self) -> Ast {
        if let Some(a) = self.arrow() {
            return a;
        }
        let left = self.binary(0);
        if self.eat("?") {
            let yes = self.expression();
            self.expect(":");
            return Ast::If(Box::new(left), Box::new(yes), Box::new(self.expression()));
        }
        if self.eat("=") {
            return Ast::Assign(Box::new(left), Box::new(self.expression()));
        }
        left
    }

    fn binary(&mut self, least: u8) -> Ast {
        let mut left = self.unary();
        loop {
            let op = match self.peek() {
                Token::Sign(s) => s,
                Token::Name(n) if n == "in" || n == "instanceof" => n,
                _ => return left,
            };
            let level = match op.as_str() {
                "||" | "??" => 1,
                "&&" => 2,
                "===" | "!==" | "==" | "!=" => 3,
                "<" | ">" | "<=" | ">=" | "in" | "instanceof" => 4,
                "+" | "-" => 5,
                "*" | "/" | "%" => 6,
                "**" => 7,
                _ => return left,
            };
            if level < least + 1 {
                return left;
            }
            self.at += 1;
            left = Ast::Binary(op, Box::new(left), Box::new(self.binary(level)));
        }
    }

    fn unary(&mut self) -> Ast {
        let op = match self.peek() {
            Token::Sign(s) if matches!(s.as_str(), "-" | "!" | "+") => s,
            Token::Name(n) if matches!(n.as_str(), "typeof" | "delete" | "void") => n,
            _ => return self.postfix(),
        };
        self.at += 1;
        Ast::Unary(op, Box::new(self.unary()))
    }

    fn postfix(&mut self) -> Ast {
        let mut left = if self.peek() == Token::Name("new".into()) {
            self.at += 1;
            let mut callee = self.primary();
            while self.eat(".") {
                callee = self.dotted(callee);
            }
            let args = if self.eat("(") { self.arguments() } else { vec![] };
            Ast::New(Box::new(callee), args)
        } else {
            self.primary()
        };
        loop {
            if self.eat(".") {
                left = self.dotted(left);
            } else if self.eat("[") {
                let key = self.expression();
                self.expect("]");
                left = Ast::Member(Box::new(left), Box::new(key));
            } else if self.eat("(") {
                left = Ast::Call(Box::new(left), self.arguments());
            } else {
                return left;
            }
        }
    }

    fn dotted(&mut self, left: Ast) -> Ast {
        match self.next() {
            Token::Name(n) => Ast::Member(Box::new(left), Box::new(Ast::Value(n.into()))),
            t => panic!("a name expected after a dot, found {t:?}"),
        }
    }

    fn arguments(&mut self) -> Vec<(bool, Ast)> {
        let mut out = vec![];
        while !self.eat(")") {
            out.push((self.eat("..."), self.expression()));
            self.eat(",");
        }
        out
    }

    fn primary(&mut self) -> Ast {
        match self.next() {
            Token::Num(n) => Ast::Value(n.into()),
            Token::Big(t) => Ast::Value(t.parse::<BigInt>().unwrap().into()),
            Token::Str(hex) => {
                let units: Vec<u16> = hex.as_bytes().chunks(4).map(|h| u16::from_str_radix(std::str::from_utf8(h).unwrap(), 16).unwrap()).collect();
                Ast::Value(Str::from_utf16(&units).into())
            }
            Token::Regex(s, f) => Ast::Regex(s, f),
            Token::Name(n) => match n.as_str() {
                "undefined" => Ast::Value(Value::Undefined),
                "null" => Ast::Value(Value::Null),
                "true" => Ast::Value(true.into()),
                "false" => Ast::Value(false.into()),
                _ => Ast::Name(n),
            },
            Token::Sign(s) if s == "(" => {
                let e = self.expression();
                self.expect(")");
                e
            }
            Token::Sign(s) if s == "[" => {
                let mut items = vec![];
                while !self.eat("]") {
                    if self.eat(",") {
                        items.push((false, None));
                        continue;
                    }
                    items.push((self.eat("..."), Some(self.expression())));
                    if !self.is("]") {
                        self.expect(",");
                    }
                }
                Ast::Array(items)
            }
            Token::Sign(s) if s == "{" => {
                let mut props = vec![];
                while !self.eat("}") {
                    if self.eat("...") {
                        props.push((None, self.expression()));
                    } else {
                        let key = if self.eat("[") {
                            let e = self.expression();
                            self.expect("]");
                            e
                        } else {
                            match self.next() {
                                Token::Name(n) => Ast::Value(n.into()),
                                t => {
                                    self.at -= 1;
                                    assert!(matches!(t, Token::Str(_) | Token::Num(_)));
                                    self.primary()
                                }
                            }
                        };
                        self.expect(":");
                        props.push((Some(key), self.expression()));
                    }
                    self.eat(",");
                }
                Ast::Object(props)
            }
            t => panic!("an expression expected, found {t:?} in {:?}", self.tokens),
        }
    }
}

#[derive(Clone, Default)]
struct Scope(Option<Rc<(String, Value, Scope)>>);

impl Scope {
    fn find(&self, name: &str) -> Option<Value> {
        let (n, v, outer) = &**self.0.as_ref()?;
        if n == name { Some(v.clone()) } else { outer.find(name) }
    }
}

type Closure = (Vec<String>, Rc<Ast>, Scope);

thread_local! {
    static CLOSURES: RefCell<Vec<Closure>> = RefCell::default();
}

fn call_closure(cx: Cx, a: &Args<'_>) -> R {
    let i = a.env(0).as_num().unwrap() as usize;
    let (names, body, mut scope) = CLOSURES.with_borrow(|c| c[i].clone());
    for (k, name) in names.iter().enumerate() {
        scope = Scope(Some(Rc::new((name.clone(), a.get(k).clone(), scope))));
    }
    run(cx, &body, &scope)
}

fn list(cx: Cx, items: &[(bool, Ast)], scope: &Scope) -> R<Vec<Value>> {
    let mut out = vec![];
    for (spread, item) in items {
        let v = run(cx, item, scope)?;
        if *spread { out.extend(js::iter_to_vec(cx, &v)?) } else { out.push(v) }
    }
    Ok(out)
}

fn run(cx: Cx, ast: &Ast, scope: &Scope) -> R {
    static CLOSURE: FnDef = FnDef::new("", 0, call_closure, FnKind::Arrow);
    Ok(match ast {
        Ast::Value(v) => v.clone(),
        Ast::Name(n) => match scope.find(n) {
            Some(v) => v,
            None => js::index(cx, &cx.intrinsic(Intrinsic::GlobalThis).into(), &n.as_str().into())?,
        },
        Ast::Regex(s, f) => js::regex(cx, s, f)?,
        Ast::Array(items) => {
            let mut out = vec![];
            for (spread, item) in items {
                match item {
                    None => out.push(Value::Uninit),
                    Some(i) if *spread => out.extend(js::iter_to_vec(cx, &run(cx, i, scope)?)?),
                    Some(i) => out.push(run(cx, i, scope)?),
                }
            }
            js::array(cx, out)
        }
        Ast::Object(props) => {
            let o = Obj::plain(cx);
            for (key, value) in props {
                match key {
                    None => js::copy_props(cx, &o, &run(cx, value, scope)?)?,
                    Some(k) => {
                        let key = js::js_to_key(cx, &run(cx, k, scope)?)?;
                        let v = run(cx, value, scope)?;
                        if let Ast::Arrow(..) = value {
                            js::name_function(cx, &v, &key, "");
                        }
                        o.put(cx, &key, v);
                    }
                }
            }
            o.into()
        }
        Ast::Member(o, k) => js::index(cx, &run(cx, o, scope)?, &run(cx, k, scope)?)?,
        Ast::Call(f, args) => {
            let (this, f) = match &**f {
                Ast::Member(o, k) => {
                    let this = run(cx, o, scope)?;
                    let key = run(cx, k, scope)?;
                    let args = list(cx, args, scope)?;
                    return match key.as_str().and_then(|k| cx.find_atom(k.as_str())) {
                        Some(atom) => js::call_method(cx, &this, atom, &args, 0),
                        None => js::call_index(cx, &this, &key, &args),
                    };
                }
                f => (Value::Undefined, run(cx, f, scope)?),
            };
            js::call(cx, &f, &this, &list(cx, args, scope)?)?
        }
        Ast::New(f, args) => js::construct(cx, &run(cx, f, scope)?, &list(cx, args, scope)?)?,
        Ast::Unary(op, v) => {
            if let ("delete", Ast::Member(o, k)) = (op.as_str(), &**v) {
                let key = js::js_to_key(cx, &run(cx, k, scope)?)?;
                return js::delete(cx, &run(cx, o, scope)?, &key).map(Value::Bool);
            }
            let v = run(cx, v, scope)?;
            match op.as_str() {
                "-" => js::js_neg(cx, &v)?,
                "+" => js::js_to_number(cx, &v)?.into(),
                "!" => js::js_not(&v).into(),
                "typeof" => js::js_typeof(&v),
                _ => Value::Undefined,
            }
        }
        Ast::Binary(op, a, b) => {
            let a = run(cx, a, scope)?;
            match op.as_str() {
                "&&" => return if js::js_truthy(&a) { run(cx, b, scope) } else { Ok(a) },
                "||" => return if js::js_truthy(&a) { Ok(a) } else { run(cx, b, scope) },
                "??" => return if a.is_nullish() { run(cx, b, scope) } else { Ok(a) },
                _ => {}
            }
            let b = run(cx, b, scope)?;
            match op.as_str() {
                "+" => js::js_add(cx, &a, &b)?,
                "-" => js::js_sub(cx, &a, &b)?,
                "*" => js::js_mul(cx, &a, &b)?,
                "/" => js::js_div(cx, &a, &b)?,
                "%" => js::js_rem(cx, &a, &b)?,
                "**" => js::js_exp(cx, &a, &b)?,
                "===" => js::js_strict_eq(&a, &b).into(),
                "!==" => js::js_strict_ne(&a, &b).into(),
                "==" => js::js_eq(cx, &a, &b)?.into(),
                "!=" => js::js_ne(cx, &a, &b)?.into(),
                "<" => js::js_lt(cx, &a, &b)?.into(),
                ">" => js::js_gt(cx, &a, &b)?.into(),
                "<=" => js::js_le(cx, &a, &b)?.into(),
                ">=" => js::js_ge(cx, &a, &b)?.into(),
                "in" => js::js_in(cx, &a, &b)?.into(),
                _ => js::js_instanceof(cx, &a, &b)?.into(),
            }
        }
        Ast::Assign(target, v) => {
            let Ast::Member(o, k) = &**target else { panic!("only members can be assigned") };
            let (o, k) = (run(cx, o, scope)?, run(cx, k, scope)?);
            let v = run(cx, v, scope)?;
            js::set_index(cx, &o, &k, v.clone())?;
            v
        }
        Ast::If(c, a, b) => run(cx, if js::js_truthy(&run(cx, c, scope)?) { a } else { b }, scope)?,
        Ast::Arrow(names, body) => {
            let i = CLOSURES.with_borrow_mut(|c| {
                c.push((names.clone(), body.clone(), scope.clone()));
                c.len() - 1
            });
            js::closure(cx, &CLOSURE, vec![i.into()])
        }
    })
}

/// The value of an expression; of a thrown error its text.
pub fn evaluate(cx: Cx, source: &str) -> Result<Value, String> {
    let mut parser = Parser { tokens: tokens(source), at: 0 };
    let ast = parser.expression();
    assert_eq!(parser.peek(), Token::End, "{source}");
    run(cx, &ast, &Scope::default()).map_err(|_| {
        let error = cx.take_exception();
        let text = js::js_to_string(cx, &error).map(|s| s.to_string());
        format!("throws {}", text.unwrap_or_else(|_| "?".into()))
    })
}
