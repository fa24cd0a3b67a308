//! What rendering may take: a number of steps for all templates of a message, each of which takes about as long as a byte to
//! be copied, up to some ten times that.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use liquid_core::error::{Error, Result};
use liquid_core::model::{ArrayView, ObjectView, ValueView};
use liquid_core::runtime::Runtime;

/// The steps that a message may take. A body of 1 MiB without any tag takes a million, a usual letter some ten thousand.
pub(super) const BUDGET: usize = 8_000_000;

/// What a value costs beside its text.
const VALUE: usize = 8;

/// The steps that are left. Clones count down together.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Rc<Cell<usize>>);

impl Meter {
    pub(super) fn new(budget: usize) -> Self {
        // One more, since nothing is left only to those who wanted more than there was.
        Self(Rc::new(Cell::new(budget + 1)))
    }

    /// Takes steps away.
    ///
    /// # Errors
    /// If there are not that many left, and ever after.
    pub(super) fn charge(&self, steps: usize) -> Result<()> {
        let left = self.0.get().saturating_sub(steps);
        self.0.set(left);
        if left == 0 {
            return Err(Error::with_msg("rendering takes too many steps"));
        }
        Ok(())
    }

    /// Takes away what it costs to look at a value.
    pub(super) fn charge_for(&self, value: &dyn ValueView) -> Result<()> {
        self.charge(self.weigh(value))
    }

    /// How much there is of a value, as far as it matters.
    pub(super) fn weigh(&self, value: &dyn ValueView) -> usize {
        let mut left = self.0.get();
        weigh(value, &mut left);
        self.0.get() - left
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    pub(super) fn left(&self) -> usize {
        self.0.get()
    }
}

/// The meter of what is rendered.
pub(super) fn meter(runtime: &dyn Runtime) -> Meter {
    runtime.registers().get_mut::<Meter>().clone()
}

fn weigh(value: &dyn ValueView, left: &mut usize) {
    *left = left.saturating_sub(VALUE);
    if *left == 0 {
        return;
    }
    if let Some(array) = value.as_array() {
        weigh_array(array, left);
    } else if let Some(object) = value.as_object() {
        weigh_object(object, left);
    } else if value.is_scalar() {
        *left = left.saturating_sub(value.to_kstr().len());
    }
}

fn weigh_array(array: &dyn ArrayView, left: &mut usize) {
    for item in array.values() {
        weigh(item, left);
        if *left == 0 {
            return;
        }
    }
}

fn weigh_object(object: &dyn ObjectView, left: &mut usize) {
    for (name, item) in object.iter() {
        *left = left.saturating_sub(name.len());
        weigh(item, left);
        if *left == 0 {
            return;
        }
    }
}

/// Where a template is rendered to.
pub(super) struct Page {
    text: Vec<u8>,
    limit: usize,
    full: bool,
    meter: Meter,
}

impl Page {
    pub(super) fn new(limit: usize, meter: &Meter) -> Self {
        Self {
            text: vec![],
            limit,
            full: false,
            meter: meter.clone(),
        }
    }

    /// Whether there was more than fits.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn into_text(self) -> String {
        // Nothing else is written than texts, and each in one go.
        String::from_utf8(self.text)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > self.limit {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.meter.charge(bytes.len()).map_err(io::Error::other)?;
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
