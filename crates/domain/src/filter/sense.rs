//! What can be told of an expression before anybody is looked at.

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, LiteralValue, MapExpr, SelectExpr, StructExpr, operators};

use super::FilterError;

/// The one variable that there is.
pub(super) const RECIPIENT: &str = "recipient";

/// What is known of a recipient.
const FIELDS: [&str; 3] = ["externalId", "email", "attributes"];

/// What may be called and answers with true or false, or with a part of what it was given.
const BOOLEAN: [&str; 18] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::NOT_STRICTLY_FALSE,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::IN,
    operators::INDEX,
    "bool",
    "contains",
    "dyn",
    "endsWith",
    "startsWith",
];

/// What may be called and answers with anything else.
const OTHER: [&str; 23] = [
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::NEGATE,
    "double",
    "duration",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "int",
    "size",
    "string",
    "timestamp",
    "uint",
];

/// Looks at a whole expression.
pub(super) fn check(expression: &IdedExpr, text: &str) -> Result<(), FilterError> {
    look(expression, &mut vec![], text)?;
    if is_never_bool(expression) {
        return Err(FilterError::at_start("it is neither true nor false"));
    }
    Ok(())
}

/// The expressions within one.
pub(super) fn parts(expression: &IdedExpr) -> impl Iterator<Item = &IdedExpr> {
    let mut parts: Vec<&IdedExpr> = vec![];
    match &expression.expr {
        Expr::Call(call) => parts.extend(call.target.as_deref().into_iter().chain(&call.args)),
        Expr::Comprehension(repeated) => parts.extend([
            &repeated.iter_range,
            &repeated.accu_init,
            &repeated.loop_cond,
            &repeated.loop_step,
            &repeated.result,
        ]),
        Expr::List(list) => parts.extend(&list.elements),
        Expr::Map(MapExpr { entries }) | Expr::Struct(StructExpr { entries, .. }) => {
            for entry in entries {
                match &entry.expr {
                    EntryExpr::MapEntry(entry) => parts.extend([&entry.key, &entry.value]),
                    EntryExpr::StructField(field) => parts.push(&field.value),
                }
            }
        }
        Expr::Select(select) => parts.push(&select.operand),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
    parts.into_iter()
}

fn look<'e>(expression: &'e IdedExpr, bound: &mut Vec<&'e str>, text: &str) -> Result<(), FilterError> {
    match &expression.expr {
        Expr::Ident(name) if bound.contains(&name.as_str()) => Ok(()),
        Expr::Ident(name) if name == RECIPIENT => {
            let message = "name what of the recipient is meant: recipient.externalId, recipient.email or recipient.attributes";
            Err(at(text, RECIPIENT, message.to_owned()))
        }
        Expr::Ident(name) => {
            let message = format!("there is no {name:?}; what is known stands in recipient");
            Err(at(text, name, message))
        }
        Expr::Select(SelectExpr { operand, field, .. }) => match &operand.expr {
            Expr::Ident(name) if name == RECIPIENT && !bound.contains(&RECIPIENT) => {
                if FIELDS.contains(&field.as_str()) {
                    return Ok(());
                }
                let message = format!(
                    "a recipient has no {field:?}; there are externalId, email and attributes, e.g. recipient.attributes.{field}"
                );
                Err(at(text, field, message))
            }
            _ => look(operand, bound, text),
        },
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            if !BOOLEAN.contains(&name) && !OTHER.contains(&name) {
                return Err(at(text, name, format!("there is no function {name:?}")));
            }
            parts(expression).try_for_each(|part| look(part, bound, text))
        }
        Expr::Comprehension(repeated) => {
            look(&repeated.iter_range, bound, text)?;
            look(&repeated.accu_init, bound, text)?;
            let before = bound.len();
            bound.extend([repeated.iter_var.as_str(), repeated.accu_var.as_str()]);
            bound.extend(repeated.iter_var2.as_deref());
            let within = [&repeated.loop_cond, &repeated.loop_step, &repeated.result];
            let looked = within.into_iter().try_for_each(|part| look(part, bound, text));
            bound.truncate(before);
            looked
        }
        Expr::Struct(object) => {
            let message = format!("there is no type {:?}", object.type_name);
            Err(at(text, &object.type_name, message))
        }
        Expr::Unspecified => Err(FilterError::at_start("it is no expression")),
        Expr::List(_) | Expr::Map(_) | Expr::Literal(_) => {
            parts(expression).try_for_each(|part| look(part, bound, text))
        }
    }
}

/// Whether an expression is something else than true or false, whomever it is asked about.
fn is_never_bool(expression: &IdedExpr) -> bool {
    match &expression.expr {
        Expr::Literal(literal) => !matches!(literal, LiteralValue::Boolean(_)),
        Expr::List(_) | Expr::Map(_) | Expr::Struct(_) => true,
        Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
            call.args.get(1).is_some_and(is_never_bool) && call.args.get(2).is_some_and(is_never_bool)
        }
        Expr::Call(call) => OTHER.contains(&call.func_name.as_str()),
        Expr::Select(select) => {
            // Whether it is there, or the texts themselves.
            let of_recipient = matches!(&select.operand.expr, Expr::Ident(name) if name == RECIPIENT);
            !select.test && of_recipient
        }
        // `map` and `filter` begin with an empty list.
        Expr::Comprehension(repeated) => matches!(repeated.accu_init.expr, Expr::List(_)),
        Expr::Ident(_) | Expr::Unspecified => false,
    }
}

/// An error at the place where a name stands in the text, outside of quotes.
fn at(text: &str, name: &str, message: String) -> FilterError {
    let (mut line, mut column, mut quote, mut before) = (1, 1, None, ' ');
    let mut rest = text.chars();
    loop {
        let here = rest.as_str();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let is_here = here
            .strip_prefix(name)
            .is_some_and(|after| !after.starts_with(is_word) && !is_word(before));
        if quote.is_none() && is_here {
            return FilterError {
                line,
                column,
                message,
            };
        }
        let Some(character) = rest.next() else {
            return FilterError::at_start(message);
        };
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(_), '\\') => {
                rest.next();
                column += 1;
            }
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        before = character;
        if character == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
}
