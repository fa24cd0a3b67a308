//! The writes whose turn will come.
//!
//! Workspaces take turns, whoever of them has more to write: they know nothing of each other. The writes of one come in
//! their order.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use understudy_domain::WorkspaceId;

use super::job::Job;

/// Those that wait.
#[derive(Default)]
pub(super) struct Waiting {
    of_each: HashMap<WorkspaceId, VecDeque<Box<dyn Job>>>,
    /// Only workspaces with any, in the order in which it is their turn.
    turns: VecDeque<WorkspaceId>,
    /// How many there are, for whoever wants to know.
    count: Arc<AtomicUsize>,
}

impl Waiting {
    /// None yet; how many there are is told in `count`.
    pub(super) fn counted(count: Arc<AtomicUsize>) -> Self {
        Self {
            count,
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// One more, after those of its workspace.
    pub(super) fn push(&mut self, job: Box<dyn Job>) {
        self.of(job.workspace()).push_back(job);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// One that was taken and has not been carried out, before those of its workspace.
    pub(super) fn put_back(&mut self, job: Box<dyn Job>) {
        self.of(job.workspace()).push_front(job);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// The next one.
    pub(super) fn pop(&mut self) -> Option<Box<dyn Job>> {
        let workspace = self.turns.pop_front()?;
        let jobs = self.of_each.get_mut(&workspace)?;
        let job = jobs.pop_front();
        if jobs.is_empty() {
            self.of_each.remove(&workspace);
        } else {
            self.turns.push_back(workspace);
        }
        self.count.fetch_sub(1, Ordering::Relaxed);
        job
    }

    fn of(&mut self, workspace: WorkspaceId) -> &mut VecDeque<Box<dyn Job>> {
        let turns = &mut self.turns;
        self.of_each.entry(workspace).or_insert_with(|| {
            turns.push_back(workspace);
            VecDeque::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::BoxFuture;
    use uuid::Uuid;

    use super::super::job::Ran;
    use super::*;
    use crate::{StoreError, WriteTx};

    struct Named(u128, &'static str);

    impl Job for Named {
        fn workspace(&self) -> WorkspaceId {
            WorkspaceId::from_uuid(Uuid::from_u128(self.0))
        }

        fn actor(&self) -> Option<Arc<str>> {
            Some(Arc::from(self.1))
        }

        fn is_wanted(&self) -> bool {
            true
        }

        fn take_turn(&self) -> bool {
            true
        }

        fn run<'t>(&'t mut self, _tx: &'t mut WriteTx) -> BoxFuture<'t, Ran> {
            unreachable!("nothing is written here")
        }

        fn answer(self: Box<Self>, _committed: Result<(), StoreError>) {}
    }

    #[test]
    fn workspaces_take_turns_and_the_writes_of_one_keep_their_order() {
        let count = Arc::new(AtomicUsize::new(0));
        let mut waiting = Waiting::counted(Arc::clone(&count));
        for job in [
            Named(1, "a"),
            Named(1, "b"),
            Named(1, "c"),
            Named(2, "x"),
            Named(3, "y"),
        ] {
            waiting.push(Box::new(job));
        }
        assert_eq!(count.load(Ordering::Relaxed), 5);
        let mut taken: Vec<_> = (0..4).filter_map(|_| waiting.pop()).collect();
        let names = |jobs: &[Box<dyn Job>]| -> String {
            jobs.iter().map(|job| job.actor().unwrap().to_string()).collect()
        };
        assert_eq!(names(&taken), "axyb");
        // What was not carried out comes before what is behind it.
        for job in taken.drain(2..).rev() {
            waiting.put_back(job);
        }
        waiting.push(Box::new(Named(2, "z")));
        assert_eq!(count.load(Ordering::Relaxed), 4);
        let rest: Vec<_> = std::iter::from_fn(|| waiting.pop()).collect();
        assert_eq!(names(&rest), "byzc");
        assert!(waiting.is_empty());
        assert_eq!(count.load(Ordering::Relaxed), 0);
    }
}
