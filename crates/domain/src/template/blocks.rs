//! Tags of our own: loops that are charged, and what the library would hold without a limit.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use liquid_core::error::{Error, Result};
use liquid_core::model::{
    KString, KStringCow, KStringRef, ObjectView, Scalar, ScalarCow, Value, ValueCow, ValueView,
};
use liquid_core::parser::{
    BlockElement, BlockReflection, Language, ParseBlock, ParseTag, TagBlock, TagReflection, TagTokenIter,
    TryMatchToken,
};
use liquid_core::runtime::{
    Expression, Interrupt, InterruptRegister, PartialStore, Registers, Renderable, Runtime, Template,
};
use liquid_lib::stdlib::{Range, RangeExpression};

use super::meter::{Meter, Page, meter};
use super::stage::{find, or_nothing};

/// What a turn of a loop costs beside its body.
const TURN: usize = 64;

/// What stands between the tags of the template that is rendered.
#[derive(Default)]
pub(super) struct Texts(pub(super) Arc<[String]>);

/// `{% text 3 %}`: the text of that number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text;

impl TagReflection for Text {
    fn tag(&self) -> &'static str {
        super::language::TEXT
    }

    fn description(&self) -> &'static str {
        ""
    }
}

impl ParseTag for Text {
    fn parse(&self, mut arguments: TagTokenIter<'_>, _language: &Language) -> Result<Box<dyn Renderable>> {
        Ok(Box::new(TextAt(number(&mut arguments)?)))
    }

    fn reflection(&self) -> &dyn TagReflection {
        self
    }
}

/// The number that a scan has put in.
fn number(arguments: &mut TagTokenIter<'_>) -> Result<usize> {
    let token = arguments.expect_next("a number is expected")?;
    let number = token.as_str().parse();
    number.map_err(|_| Error::with_msg("a number is expected"))
}

#[derive(Debug)]
struct TextAt(usize);

impl Renderable for TextAt {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let texts = Arc::clone(&runtime.registers().get_mut::<Texts>().0);
        let text = texts.get(self.0).map_or("", String::as_str);
        writer
            .write_all(text.as_bytes())
            .map_err(|_| Error::with_msg("too much is written"))
    }
}

/// `{% capture name %}`: the library's own has no limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capture;

impl BlockReflection for Capture {
    fn start_tag(&self) -> &'static str {
        "capture"
    }

    fn end_tag(&self) -> &'static str {
        "endcapture"
    }

    fn description(&self) -> &'static str {
        ""
    }
}

impl ParseBlock for Capture {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut block: TagBlock<'_, '_>,
        language: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let name = arguments.expect_next("a name is expected")?.expect_identifier();
        let name = KString::from_ref(name.into_result()?);
        arguments.expect_nothing()?;
        let body = Template::new(block.parse_all(language)?);
        Ok(Box::new(Captured { name, body }))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

#[derive(Debug)]
struct Captured {
    name: KString,
    body: Template,
}

impl Renderable for Captured {
    fn render_to(&self, _writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let mut page = Page::new(usize::MAX, &meter(runtime));
        self.body.render_to(&mut page, runtime)?;
        runtime.set_global(self.name.clone(), Value::scalar(page.into_text()));
        Ok(())
    }
}

/// `{% for 120 name in … %}`: the library's own makes a list of the whole range first, and its turns cost nothing. The number
/// is that of the bytes in the body, which a scan has put in.
#[derive(Debug, Clone, Copy)]
pub(super) struct For;

impl BlockReflection for For {
    fn start_tag(&self) -> &'static str {
        "for"
    }

    fn end_tag(&self) -> &'static str {
        "endfor"
    }

    fn description(&self) -> &'static str {
        ""
    }
}

impl ParseBlock for For {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut block: TagBlock<'_, '_>,
        language: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let size = number(&mut arguments)?;
        let name = arguments.expect_next("a name is expected")?.expect_identifier();
        let name = KString::from_ref(name.into_result()?);
        let keyword = arguments.expect_next("`in` is expected")?.expect_str("in");
        keyword.into_result_custom_msg("`in` is expected")?;
        let range = arguments.expect_next("a list or a range is expected")?;
        let range = match range.expect_value() {
            TryMatchToken::Matches(list) => RangeExpression::Array(list),
            TryMatchToken::Fails(token) => {
                let (start, stop) = token.expect_range().into_result()?;
                RangeExpression::Counted(start, stop)
            }
        };
        let mut this = Loop {
            name,
            range,
            limit: None,
            offset: None,
            reversed: false,
            turn: size + TURN,
            body: Template::new(vec![]),
            otherwise: None,
        };
        while let Some(token) = arguments.next() {
            match token.as_str() {
                "limit" => this.limit = Some(attribute(&mut arguments)?),
                "offset" => this.offset = Some(attribute(&mut arguments)?),
                "reversed" => this.reversed = true,
                _ => {
                    return Err(token.raise_custom_error("`limit`, `offset` or `reversed` is expected"));
                }
            }
        }
        let mut body = vec![];
        while let Some(element) = block.next()? {
            match element {
                BlockElement::Tag(mut tag) if tag.name() == "else" => {
                    tag.tokens().expect_nothing()?;
                    this.otherwise = Some(Template::new(block.parse_all(language)?));
                    break;
                }
                element => body.push(element.parse(&mut block, language)?),
            }
        }
        this.body = Template::new(body);
        Ok(Box::new(this))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

/// What follows the name of an attribute and a colon.
fn attribute(arguments: &mut TagTokenIter<'_>) -> Result<Expression> {
    let colon = arguments.expect_next("`:` is expected")?.expect_str(":");
    colon.into_result_custom_msg("`:` is expected")?;
    arguments
        .expect_next("a value is expected")?
        .expect_value()
        .into_result()
}

#[derive(Debug)]
struct Loop {
    name: KString,
    range: RangeExpression,
    limit: Option<Expression>,
    offset: Option<Expression>,
    reversed: bool,
    turn: usize,
    body: Template,
    otherwise: Option<Template>,
}

impl Renderable for Loop {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let meter = meter(runtime);
        meter.charge(TURN)?;
        let range = self.range.evaluate(runtime)?;
        let is_short = match &range {
            // What is no list is no loop, rather than no message.
            Range::Array(value) if value.is_scalar() => return self.render_otherwise(writer, runtime),
            Range::Array(_) => true,
            Range::Counted(start, stop) => {
                usize::try_from(stop.saturating_sub(*start)).unwrap_or(0) < meter.left() / TURN
            }
        };
        if !is_short {
            return meter.charge(meter.left());
        }
        let mut all = range.evaluate()?;
        if let Range::Array(value) = &range
            && value.is_object()
        {
            // Members have no order of their own, and a message that is rendered again must be the same.
            all.sort_by_cached_key(|member| {
                member
                    .as_array()
                    .and_then(|pair| pair.first()?.to_kstr().into_string().into())
            });
        }
        let offset = count(self.offset.as_ref(), runtime)?.unwrap_or(0).min(all.len());
        let limit = count(self.limit.as_ref(), runtime)?.unwrap_or(usize::MAX);
        let mut items: Vec<_> = all.into_iter().skip(offset).take(limit).collect();
        if self.reversed {
            items.reverse();
        }
        if items.is_empty() {
            return self.render_otherwise(writer, runtime);
        }
        let length = items.len();
        let around = runtime.try_get(&[Scalar::new("forloop").as_ref()]);
        for (index, item) in items.iter().enumerate() {
            meter.charge(self.turn)?;
            let place = Place::new(index, length, around.as_ref().map(ValueCow::as_view));
            let values = HashMap::from([
                (KStringRef::from_static("forloop"), &place as &dyn ValueView),
                (self.name.as_ref(), item.as_view()),
            ]);
            let turn = Turn {
                parent: runtime,
                values,
                meter: meter.clone(),
            };
            self.body.render_to(writer, &turn)?;
            let interrupt = runtime.registers().get_mut::<InterruptRegister>().reset();
            if interrupt == Some(Interrupt::Break) {
                break;
            }
        }
        Ok(())
    }
}

/// Where a loop is: `forloop`.
#[derive(Debug, Clone, ValueView, ObjectView)]
struct Place<'p> {
    length: i64,
    parentloop: Option<&'p dyn ValueView>,
    index0: i64,
    index: i64,
    rindex0: i64,
    rindex: i64,
    first: bool,
    last: bool,
}

impl<'p> Place<'p> {
    fn new(index: usize, length: usize, parentloop: Option<&'p dyn ValueView>) -> Self {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            length: whole(length),
            parentloop,
            index0: whole(index),
            index: whole(index + 1),
            rindex0: whole(length - index - 1),
            rindex: whole(length - index),
            first: index == 0,
            last: index + 1 == length,
        }
    }
}

impl Loop {
    fn render_otherwise(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        match &self.otherwise {
            Some(otherwise) => otherwise.render_to(writer, runtime),
            None => Ok(()),
        }
    }
}

/// What an attribute says; one that is no number says nothing.
fn count(attribute: Option<&Expression>, runtime: &dyn Runtime) -> Result<Option<usize>> {
    let Some(attribute) = attribute else {
        return Ok(None);
    };
    let value = attribute.evaluate(runtime)?;
    let count = value.as_scalar().and_then(|value| value.to_integer());
    Ok(count.map(|count| usize::try_from(count).unwrap_or(0)))
}

/// A turn of a loop: what it names by itself, and what is around it.
struct Turn<'r> {
    parent: &'r dyn Runtime,
    values: HashMap<KStringRef<'r>, &'r dyn ValueView>,
    meter: Meter,
}

impl Runtime for Turn<'_> {
    fn partials(&self) -> &dyn PartialStore {
        self.parent.partials()
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        self.parent.name()
    }

    fn roots(&self) -> std::collections::BTreeSet<KStringCow<'_>> {
        self.parent.roots()
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        let name = path.first()?.to_kstr();
        if self.values.contains_key(name.as_str()) {
            return find(&self.values, path, &self.meter);
        }
        self.parent.try_get(path)
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        or_nothing(self.try_get(path), &self.meter)
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_global(name, value)
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_index(name, value)
    }

    fn get_index<'a>(&'a self, name: &str) -> Option<ValueCow<'a>> {
        self.parent.get_index(name)
    }

    fn registers(&self) -> &Registers {
        self.parent.registers()
    }
}
