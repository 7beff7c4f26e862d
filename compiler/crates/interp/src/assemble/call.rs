//! Calls.

use super::function::Assembler;
use crate::image::{Given, Op, Reg};
use puremix_ir::effect::runs_code;
use puremix_ir::*;

fn arg_expr(arg: &Arg) -> &Expr {
    match arg {
        Arg::Value(e) | Arg::Spread(e) => e,
    }
}

impl Assembler<'_, '_> {
    pub fn assemble_call(&mut self, e: &Expr, to: Reg) {
        let text = self.wording().call_text(e);
        match &e.kind {
            ExprKind::CallMethod { recv, name, args, safe: false } if args.iter().any(|a| runs_code(arg_expr(a))) => {
                let receiver = self.operand_before(recv, &later(&[], args));
                let (name, method) = (self.tables.atom(name), self.temp());
                self.at(e.span);
                self.op(Op::LookUp { to: method, receiver, name });
                let given = self.assemble_given(args);
                self.at_about(e.span, &text);
                self.op(Op::CallLookedUp { to, receiver, method, name, given });
            }
            ExprKind::CallIndex { recv, key, args } if args.iter().any(|a| runs_code(arg_expr(a))) => {
                let receiver = self.operand_before(recv, &later(&[key], args));
                let key = self.operand(key);
                let callee = self.temp();
                self.at(e.span);
                self.op(Op::Index { to: callee, object: receiver, key, lang: Lang::Js });
                let given = self.assemble_given(args);
                self.at_about(e.span, &text);
                self.op(Op::Call { to, callee, this: Some(receiver), given });
            }
            ExprKind::Call { callee, args } => {
                let callee = self.operand_before(callee, &later(&[], args));
                let given = self.assemble_given(args);
                self.at_about(e.span, &text);
                self.op(Op::Call { to, callee, this: None, given });
            }
            ExprKind::CallWithThis { callee, this, args } => {
                let callee = self.operand_before(callee, &later(&[this], args));
                let this = Some(self.operand_before(this, &later(&[], args)));
                let given = self.assemble_given(args);
                self.at_about(e.span, &text);
                self.op(Op::Call { to, callee, this, given });
            }
            ExprKind::CallMethod { recv, name, args, safe } => {
                let receiver = self.operand_before(recv, &later(&[], args));
                let name = self.tables.atom(name);
                let given = self.assemble_given(args);
                self.at_about(e.span, &text);
                self.op(Op::CallMethod { to, receiver, name, given, safe: *safe });
            }
            ExprKind::CallIndex { recv, key, args } => {
                let receiver = self.operand_before(recv, &later(&[key], args));
                let key = self.operand_before(key, &later(&[], args));
                let given = self.assemble_given(args);
                self.at_about(e.span, &text);
                self.op(Op::CallIndex { to, receiver, key, given });
            }
            ExprKind::New { callee, args } => {
                let callee = self.operand_before(callee, &later(&[], args));
                let given = self.assemble_given(args);
                self.at_about(e.span, &text);
                self.op(Op::New { to, callee, given });
            }
            ExprKind::CallSuper { callee, new_target, args } => {
                let callee = self.operand_before(callee, &later(&[new_target], args));
                let new_target = self.operand_before(new_target, &later(&[], args));
                let given = self.assemble_given(args);
                self.at(e.span);
                self.op(Op::CallSuper { to, callee, new_target, given });
            }
            other => unreachable!("{other:?} is no call"),
        }
    }

    fn assemble_given(&mut self, args: &[Arg]) -> Given {
        if args.iter().all(|a| matches!(a, Arg::Value(_))) {
            let args: Vec<&Expr> = args.iter().map(arg_expr).collect();
            return Given::Run(self.operand_run(&args));
        }
        let array = self.temp();
        let none = self.run(0);
        self.op(Op::Array { to: array, elements: none });
        let before = &args[..args.len().saturating_sub(1)];
        let is_last = !before.iter().any(|a| matches!(a, Arg::Spread(_)));
        for arg in args {
            self.scoped(|a| {
                let from = a.operand(arg_expr(arg));
                if let Arg::Spread(e) = arg {
                    let text = if is_last { a.wording().text(e) } else { String::new() };
                    a.at_about(e.span, &text);
                }
                a.op(match arg {
                    Arg::Value(_) => Op::Push { array, from },
                    Arg::Spread(_) => Op::PushSpread { array, from, is_last },
                });
            });
        }
        Given::List(array)
    }
}

/// What is evaluated after an operand and before the call.
fn later<'e>(first: &[&'e Expr], args: &'e [Arg]) -> Vec<&'e Expr> {
    first.iter().copied().chain(args.iter().map(arg_expr)).collect()
}
