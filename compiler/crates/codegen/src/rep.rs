//! How a value is held in generated code, and the conversions between the ways.

use proc_macro2::{Delimiter, Literal, Spacing, TokenStream, TokenTree};
use puremix_ir::{Lang, Ty};
use quote::quote;

/// The Rust type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rep {
    Value,
    /// `f64`
    Num,
    /// `i32`
    Int,
    Bool,
    /// `rt::Str`
    Str,
}

impl Rep {
    pub fn of(ty: Ty) -> Rep {
        match ty {
            Ty::Num => Rep::Num,
            Ty::Int => Rep::Int,
            Ty::Bool => Rep::Bool,
            Ty::Str => Rep::Str,
            Ty::Never | Ty::Undefined | Ty::Null | Ty::Object | Ty::Array | Ty::Any => Rep::Value,
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Rep::Num | Rep::Int)
    }

    pub fn is_copy(self) -> bool {
        matches!(self, Rep::Num | Rep::Int | Rep::Bool)
    }

    /// The owned type.
    pub fn owned(self) -> TokenStream {
        match self {
            Rep::Value => quote!(rt::Value),
            Rep::Num => quote!(f64),
            Rep::Int => quote!(i32),
            Rep::Bool => quote!(bool),
            Rep::Str => quote!(rt::Str),
        }
    }

    /// The type of a parameter.
    pub fn param(self) -> TokenStream {
        match self {
            Rep::Value => quote!(&rt::Value),
            Rep::Str => quote!(&rt::Str),
            Rep::Num | Rep::Int | Rep::Bool => self.owned(),
        }
    }

    /// What an operand that is passed as a parameter is asked for.
    pub fn want_param(self) -> Want {
        match self {
            Rep::Value => Want::Ref,
            Rep::Str => Want::StrRef,
            Rep::Num => Want::Num,
            Rep::Int => Want::Int,
            Rep::Bool => Want::Bool,
        }
    }

    pub fn want(self) -> Want {
        match self {
            Rep::Value => Want::Value,
            Rep::Num => Want::Num,
            Rep::Int => Want::Int,
            Rep::Bool => Want::Bool,
            Rep::Str => Want::Str,
        }
    }

    /// A value of the type that nobody reads.
    pub fn default(self) -> TokenStream {
        match self {
            Rep::Value => quote!(rt::Value::Undefined),
            Rep::Num => quote!(0.0),
            Rep::Int => quote!(0),
            Rep::Bool => quote!(false),
            Rep::Str => quote!(rt::Str::default()),
        }
    }
}

/// What the surroundings of an expression take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Want {
    /// An owned `rt::Value`.
    Value,
    /// `&rt::Value`, possibly of a temporary.
    Ref,
    Num,
    Int,
    Bool,
    Str,
    StrRef,
    /// `bool`: the truth of the value in a language.
    Test(Lang),
    /// Only the effects.
    Unit,
}

/// What tokens denote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// A temporary of the type.
    Owned,
    /// A variable of the type.
    Place,
    /// An expression whose type is a reference to it.
    Ref,
}

/// A generated expression with what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub tokens: TokenStream,
    pub rep: Rep,
    pub form: Form,
}

impl Code {
    pub fn owned(rep: Rep, tokens: TokenStream) -> Code {
        Code { tokens, rep, form: Form::Owned }
    }

    pub fn value(tokens: TokenStream) -> Code {
        Code::owned(Rep::Value, tokens)
    }

    /// The owned value of type `rep`.
    fn take(self) -> TokenStream {
        match self.form {
            Form::Owned => self.tokens,
            Form::Place if self.rep.is_copy() => self.tokens,
            Form::Ref if self.rep.is_copy() => {
                let t = atom(self.tokens);
                quote!(*#t)
            }
            Form::Place | Form::Ref => {
                let t = atom(self.tokens);
                quote!(#t.clone())
            }
        }
    }

    /// A reference to the value of type `rep`.
    fn borrow(self) -> TokenStream {
        match self.form {
            Form::Ref => self.tokens,
            Form::Owned | Form::Place => {
                let t = atom(self.tokens);
                quote!(&#t)
            }
        }
    }

    pub fn to(self, want: Want) -> TokenStream {
        match (want, self.rep) {
            (Want::Unit, _) => self.tokens,
            (Want::Value, Rep::Value) | (Want::Num, Rep::Num) | (Want::Int, Rep::Int) | (Want::Bool, Rep::Bool) | (Want::Str, Rep::Str) => self.take(),
            (Want::Ref, Rep::Value) | (Want::StrRef, Rep::Str) => self.borrow(),
            (Want::Value, rep) => box_value(rep, self.take()),
            (Want::Ref, rep) => {
                let boxed = box_value(rep, self.take());
                quote!(&#boxed)
            }
            (Want::Num, Rep::Int) => int_to_num(self.take()),
            (Want::Num, _) => {
                let v = self.as_value_ref();
                quote!(rt::as_num(#v))
            }
            (Want::Int, Rep::Num) => {
                let n = atom(self.take());
                quote!((#n as i32))
            }
            (Want::Int, _) => {
                let v = self.as_value_ref();
                quote!(rt::as_int(#v))
            }
            (Want::Bool, _) => {
                let v = self.as_value_ref();
                quote!(rt::as_bool(#v))
            }
            (Want::Str, _) => {
                let v = self.as_value_ref();
                quote!(rt::as_str(#v))
            }
            (Want::StrRef, _) => {
                let v = self.as_value_ref();
                quote!(&rt::as_str(#v))
            }
            (Want::Test(_), Rep::Bool) => self.take(),
            (Want::Test(Lang::Js), Rep::Num) => {
                let n = self.take();
                quote!(rt::num_truthy(#n))
            }
            (Want::Test(Lang::Js), Rep::Int) => {
                let n = atom(self.take());
                quote!(#n != 0)
            }
            (Want::Test(Lang::Js), Rep::Str) => {
                let s = atom(self.tokens);
                quote!(!#s.is_empty())
            }
            (Want::Test(lang), _) => {
                let truthy = crate::operator::lang_op(lang, "truthy");
                let v = self.as_value_ref();
                quote!(rt::#truthy(#v))
            }
        }
    }

    fn as_value_ref(self) -> TokenStream {
        self.to(Want::Ref)
    }
}

fn box_value(rep: Rep, tokens: TokenStream) -> TokenStream {
    match rep {
        Rep::Value => tokens,
        Rep::Num => quote!(rt::Value::Num(#tokens)),
        Rep::Int => {
            let n = int_to_num(tokens);
            quote!(rt::Value::Num(#n))
        }
        Rep::Bool => quote!(rt::Value::Bool(#tokens)),
        Rep::Str => quote!(rt::Value::Str(#tokens)),
    }
}

/// `f64::from(i)`, or the literal as a float.
fn int_to_num(tokens: TokenStream) -> TokenStream {
    let text = tokens.to_string().replace(' ', "");
    match text.trim_matches(['(', ')']).parse::<i32>() {
        Ok(n) => number(f64::from(n)),
        Err(_) => quote!(f64::from(#tokens)),
    }
}

/// A float literal; the names of what has none.
pub(crate) fn number(n: f64) -> TokenStream {
    if n.is_nan() {
        return quote!(f64::NAN);
    }
    if n.is_infinite() {
        return if n > 0.0 { quote!(f64::INFINITY) } else { quote!(f64::NEG_INFINITY) };
    }
    let literal = Literal::f64_unsuffixed(n.abs());
    if n.is_sign_negative() { quote!((-#literal)) } else { quote!(#literal) }
}

pub(crate) fn integer(n: i32) -> TokenStream {
    let literal = Literal::u32_unsuffixed(n.unsigned_abs());
    if n < 0 { quote!((-#literal)) } else { quote!(#literal) }
}

/// Whether a number is an `i32` and not `-0`.
pub(crate) fn as_i32(n: f64) -> Option<i32> {
    let i = n as i32;
    (f64::from(i) == n && !(n == 0.0 && n.is_sign_negative())).then_some(i)
}

/// The tokens as an operand: in parentheses unless they are a path, literal, call, block of parentheses or a chain of `.` and `?` on one.
pub(crate) fn atom(tokens: TokenStream) -> TokenStream {
    if is_atomic(&tokens) { tokens } else { quote!((#tokens)) }
}

fn is_atomic(tokens: &TokenStream) -> bool {
    let mut first = true;
    let mut joined = false;
    for tree in tokens.clone() {
        match &tree {
            TokenTree::Ident(ident) => {
                let word = ident.to_string();
                if matches!(word.as_str(), "if" | "match" | "loop" | "while" | "for" | "return" | "break" | "continue" | "as" | "move" | "async" | "unsafe") {
                    return false;
                }
            }
            TokenTree::Punct(p) => match p.as_char() {
                '.' | '?' => {}
                ':' if p.spacing() == Spacing::Joint || joined => {}
                // Closing a turbofish is not generated; every other sign is an operator.
                _ => return false,
            },
            TokenTree::Group(g) => {
                if first && g.delimiter() == Delimiter::Brace {
                    return false;
                }
            }
            TokenTree::Literal(_) => {}
        }
        joined = matches!(&tree, TokenTree::Punct(p) if p.as_char() == ':' && p.spacing() == Spacing::Joint);
        first = false;
    }
    true
}
