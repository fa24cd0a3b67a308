//! One signal to everything that must end when the process is asked to.

use tokio::sync::watch;

/// Sees when the process has been asked to stop. Cheap to clone, one for each connection.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

/// Asks everything that holds a [`Shutdown`] to stop. Dropping it asks as well.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

/// A trigger, and the first of its watchers.
#[must_use]
pub fn channel() -> (Trigger, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (Trigger(sender), Shutdown(receiver))
}

impl Trigger {
    /// Asks. There is no taking back.
    pub fn pull(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Whether the process has been asked to stop.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the process is asked to stop.
    pub async fn requested(&mut self) {
        // An error says that the trigger is gone, and with it the server that held it.
        let _ = self.0.wait_for(|requested| *requested).await;
    }
}
