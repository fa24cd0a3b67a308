//! What evaluating an expression may cost.
//!
//! Each recipient has a budget of steps, not of time. An expression is rewritten so that whatever flows into something that
//! may have to look at all of it (a call, a list, a loop) goes through a function that hands it on, and charges how large it
//! is, with all that is in it; a loop, for all its turns before the first one, and for the texts that stand in it. So nothing is
//! done that was not paid for: `[1].map(a, [a, a]).map(b, [b, b])…` doubles what it has until that is more than the budget.

use std::cell::Cell;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::common::types::{CelInt, CelList, CelMap, CelMapKey, CelString, DYN_TYPE, INT_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};

use super::Answer;

/// How many steps an expression may take for one recipient. A loop over as many numbers as attributes can hold, with half a
/// dozen comparisons of each, takes half of them.
const BUDGET: usize = 1_000_000;

/// How many bytes of a text are one step.
const BYTES: usize = 16;

/// How many steps each byte of a text is that is read as a number, a time or the name of a place: that takes a hundred times
/// as long as to copy it.
const READ: usize = 8;

/// The functions that charge. No expression can name them.
const WEIGH: &str = "@weigh";
const READS: &str = "@reads";
const SEEK: &str = "@seek";
const TURNS: &str = "@turns";

thread_local! {
    /// How many steps are left to what this thread evaluates. Evaluation never leaves its thread.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// Declares the functions that charge.
pub(super) fn declare(environment: &mut Env) {
    // They are the only ones of their names.
    let declared = environment
        .add_overload(WEIGH, WEIGH, vec![DYN_TYPE], weigh)
        .and_then(|()| environment.add_overload(SEEK, SEEK, vec![DYN_TYPE], seek))
        .and_then(|()| environment.add_overload(READS, READS, vec![DYN_TYPE], reads))
        .and_then(|()| environment.add_overload(TURNS, TURNS, vec![DYN_TYPE, INT_TYPE], turns));
    debug_assert!(declared.is_ok(), "the functions that charge are declared twice");
}

/// Runs an evaluation with a new budget. It does not hold where that was not enough.
/// Expressions go on past errors (`error || true`), but not to an answer that counts.
pub(super) fn metered(evaluate: impl FnOnce() -> bool) -> Answer {
    LEFT.set(BUDGET);
    let holds = evaluate();
    let left = LEFT.get();
    Answer {
        holds: holds && left > 0,
        cut_off: left == 0,
        steps: BUDGET - left,
    }
}

/// Takes steps from the budget; once there are none, nothing goes on.
fn charge(steps: usize) -> Result<(), ExecutionError> {
    let left = LEFT.get().saturating_sub(steps);
    LEFT.set(left);
    if left == 0 {
        return Err(ExecutionError::InternalError("too many steps".to_owned()));
    }
    Ok(())
}

fn weigh<'b, 'v>(mut args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let value = args.pop().ok_or(ExecutionError::MissingArgumentOrTarget)?;
    charge(size(value.as_ref(), LEFT.get()))?;
    Ok(value)
}

fn reads<'b, 'v>(mut args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let value = args.pop().ok_or(ExecutionError::MissingArgumentOrTarget)?;
    charge(size(value.as_ref(), LEFT.get()))?;
    if let Some(text) = value.downcast_ref::<CelString<'_>>() {
        charge(text.inner().len().saturating_mul(READ))?;
    }
    Ok(value)
}

fn seek<'b, 'v>(mut args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let value = args.pop().ok_or(ExecutionError::MissingArgumentOrTarget)?;
    if value.downcast_ref::<CelMap<'_>>().is_none() {
        charge(size(value.as_ref(), LEFT.get()))?;
    }
    Ok(value)
}

fn turns<'b, 'v>(mut args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let steps = args.pop().ok_or(ExecutionError::MissingArgumentOrTarget)?;
    let range = args.pop().ok_or(ExecutionError::MissingArgumentOrTarget)?;
    let steps = steps.downcast_ref::<CelInt>().map_or(0, |steps| *steps.inner());
    let steps = usize::try_from(steps).unwrap_or(usize::MAX);
    charge(size(range.as_ref(), LEFT.get()))?;
    charge(count(range.as_ref(), LEFT.get()).saturating_mul(steps))?;
    let names = range.downcast_ref::<CelMap<'v>>().map(names);
    Ok(names.map_or(range, CowVal::owned))
}

/// The names of a map's members, over which loops go, in their order: the map itself has another one each time.
fn names<'v>(map: &CelMap<'v>) -> CelList<'v> {
    let mut names: Vec<&CelMapKey<'v>> = map.inner().keys().collect();
    names.sort_unstable();
    let names = names.into_iter().map(|name| -> Box<dyn Val + 'v> {
        match name.clone() {
            CelMapKey::Bool(name) => Box::new(name),
            CelMapKey::Int(name) => Box::new(name),
            CelMapKey::String(name) => Box::new(name),
            CelMapKey::UInt(name) => Box::new(name),
        }
    });
    CelList::from(names.collect::<Vec<_>>())
}

/// How many turns a loop over a value has; they are not counted further than the limit.
fn count(value: &dyn Val, limit: usize) -> usize {
    if let Some(map) = value.downcast_ref::<CelMap<'_>>() {
        return map.inner().len();
    }
    let Some(list) = value.as_iterable() else {
        return 0;
    };
    let mut items = list.iter();
    (0..limit).take_while(|_| items.next().is_some()).count()
}

/// How large a value is, with all that is in it; it is not looked at further than the limit.
fn size(value: &dyn Val, limit: usize) -> usize {
    let mut size = 1;
    if let Some(text) = value.downcast_ref::<CelString<'_>>() {
        size += text.inner().len() / BYTES;
    } else if let Some(map) = value.downcast_ref::<CelMap<'_>>() {
        for (name, member) in map.inner() {
            if let CelMapKey::String(name) = name {
                size += name.inner().len() / BYTES;
            }
            if size >= limit {
                break;
            }
            size += 1 + self::size(member.as_ref(), limit - size);
        }
    } else if let Some(list) = value.as_iterable() {
        let mut items = list.iter();
        while size < limit
            && let Some(item) = items.next()
        {
            size += self::size(item, limit - size);
        }
    }
    size
}

/// Has an expression charged for what it does.
pub(super) fn install(expression: &mut IdedExpr) {
    install_within(expression, &mut vec![]);
}

/// `kept` are the variables in which loops gather what they answer with. What is in them was paid for, and the library
/// adds to a list without copying it only as long as nothing stands in between.
fn install_within(expression: &mut IdedExpr, kept: &mut Vec<String>) {
    match &mut expression.expr {
        Expr::Call(call) => {
            let target = call.target.as_deref_mut().into_iter();
            for part in target.chain(&mut call.args) {
                install_within(part, kept);
            }
            let name = call.func_name.as_str();
            let target = call.target.as_deref_mut().into_iter();
            for (index, part) in target.chain(&mut call.args).enumerate() {
                match (name, index) {
                    // What is at a place is found without looking at what is at the others.
                    (operators::INDEX, 0) => {}
                    // Among names as well; a list is gone through.
                    (operators::IN, 1) => wrap(part, SEEK, vec![]),
                    _ if reads_texts(name) => wrap(part, READS, vec![]),
                    _ if is_lazy(name) => {}
                    _ => have_weighed(part, kept),
                }
            }
        }
        Expr::List(list) => {
            for item in &mut list.elements {
                install_within(item, kept);
                have_weighed(item, kept);
            }
        }
        Expr::Map(map) => {
            for entry in &mut map.entries {
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    for part in [&mut entry.key, &mut entry.value] {
                        install_within(part, kept);
                        have_weighed(part, kept);
                    }
                }
            }
        }
        Expr::Select(select) => install_within(&mut select.operand, kept),
        Expr::Comprehension(repeated) => {
            install_within(&mut repeated.iter_range, kept);
            install_within(&mut repeated.accu_init, kept);
            kept.push(repeated.accu_var.clone());
            for part in [
                &mut repeated.loop_cond,
                &mut repeated.loop_step,
                &mut repeated.result,
            ] {
                install_within(part, kept);
            }
            kept.pop();
            let steps = nodes(&repeated.loop_cond) + nodes(&repeated.loop_step);
            let steps = i64::try_from(steps).unwrap_or(i64::MAX);
            let steps = Expr::Literal(LiteralValue::Int(steps.into()));
            wrap(
                &mut repeated.iter_range,
                TURNS,
                vec![IdedExpr { id: 0, expr: steps }],
            );
        }
        Expr::Struct(_) | Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
}

/// Operators that decide which of their operands are looked at, and copy none.
fn is_lazy(name: &str) -> bool {
    matches!(
        name,
        operators::CONDITIONAL
            | operators::LOGICAL_AND
            | operators::LOGICAL_OR
            | operators::LOGICAL_NOT
            | operators::NOT_STRICTLY_FALSE
    )
}

/// Functions that read texts: as numbers and times, or for the name of a time zone.
fn reads_texts(name: &str) -> bool {
    matches!(name, "duration" | "timestamp" | "int" | "uint" | "double") || name.starts_with("get")
}

fn have_weighed(part: &mut IdedExpr, kept: &[String]) {
    let is_free = match &part.expr {
        Expr::Literal(_) | Expr::List(_) | Expr::Map(_) => true,
        Expr::Ident(name) => kept.contains(name),
        _ => false,
    };
    if !is_free {
        wrap(part, WEIGH, vec![]);
    }
}

/// Puts a call of a function around an expression.
fn wrap(expression: &mut IdedExpr, function: &str, others: Vec<IdedExpr>) {
    let inner = std::mem::take(expression);
    let id = inner.id;
    let args = std::iter::once(inner).chain(others).collect();
    let call = CallExpr {
        func_name: function.to_owned(),
        target: None,
        args,
    };
    *expression = IdedExpr {
        id,
        expr: Expr::Call(call),
    };
}

/// How much there is of an expression, with the texts in it.
fn nodes(expression: &IdedExpr) -> usize {
    let text = match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => text.inner().len(),
        Expr::Literal(LiteralValue::Bytes(bytes)) => bytes.inner().len(),
        _ => 0,
    };
    let parts = super::sense::parts(expression).map(nodes);
    1 + text / BYTES + parts.sum::<usize>()
}
