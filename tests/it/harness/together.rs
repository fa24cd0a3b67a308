//! Doing things at the same time, and in an order that nobody would choose.

use futures_util::{StreamExt as _, stream};

/// Runs all of `tasks` at once and gives back what each of them came to, in their order.
pub(crate) async fn together<T, F>(tasks: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut ended = Vec::with_capacity(running.len());
    for task in running {
        ended.push(task.await.unwrap());
    }
    ended
}

/// Runs all of `tasks`, a crowd of them at once and the others in their turn: of more than that, the last would wait
/// for the writer longer than anybody is made to wait. Gives back what each of them came to, in their order.
pub(crate) async fn crowded<F: Future>(tasks: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    stream::iter(tasks).buffered(100).collect().await
}

/// Numbers without an order that anyone sees, and the same ones in every run.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `sides - 1`. The algorithm is `SplitMix64`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % sides as u64).unwrap()
    }

    /// One of `items`.
    pub(crate) fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.roll(items.len())]
    }

    /// Puts `items` into another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.roll(last + 1));
        }
    }
}
