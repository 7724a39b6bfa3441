//! The scribe of a call: writes its entries and carries out its orders, in the order in which they were
//! decided, beside the call and without holding it up.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::store::StoreHandle;
use crate::call::Input;
use crate::call::actions::{Capabilities, Order, OrderId};
use crate::config::site::Site;
use crate::record::{CallId, Entry};

/// What may wait to be written of one call.
const WRITINGS_MAX: usize = 256;
/// Entries written together.
const TOGETHER_MAX: usize = 32;

/// Something to be written or done.
#[derive(Debug)]
pub enum Writing {
    /// An entry.
    Entry(Entry),
    /// An order, and when it was given.
    Order(OrderId, Order, Timestamp),
}

/// The scribe.
pub struct Scribe {
    /// What is put in here is written in this order.
    pub writing: mpsc::Sender<Writing>,
    task: JoinHandle<()>,
}

impl Scribe {
    /// Starts writing for `call`, which orders what `capabilities` allow; outcomes and failures go back as `inputs`.
    #[must_use]
    pub fn start(
        store: StoreHandle,
        call: CallId,
        (site, capabilities): (Arc<Site>, Capabilities),
        inputs: mpsc::Sender<Input>,
    ) -> Self {
        let (writing, todo) = mpsc::channel(WRITINGS_MAX);
        let task = tokio::spawn(write(store, call, (site, Arc::new(capabilities)), inputs, todo));
        Self { writing, task }
    }

    /// Waits until everything is on disk.
    pub async fn finish(self) {
        drop(self.writing);
        if self.task.await.is_err() {
            log::error!("store: the scribe of a call panicked; its record may lack its end");
        }
    }
}

async fn write(
    store: StoreHandle,
    call: CallId,
    (site, capabilities): (Arc<Site>, Arc<Capabilities>),
    inputs: mpsc::Sender<Input>,
    mut todo: mpsc::Receiver<Writing>,
) {
    let mut batch = Vec::with_capacity(TOGETHER_MAX);
    while todo.recv_many(&mut batch, TOGETHER_MAX).await > 0 {
        let mut entries = Vec::new();
        for writing in batch.drain(..) {
            match writing {
                Writing::Entry(entry) => entries.push(entry),
                Writing::Order(id, order, at) => {
                    keep(&store, call, std::mem::take(&mut entries), &inputs).await;
                    let now = at.to_zoned(site.time_zone.clone());
                    let (known, may) = ((site.id.as_str(), site.language), Arc::clone(&capabilities));
                    let outcome = store.carry_out(call, known, may, (id, order), now).await;
                    let _ = inputs.send(Input::Outcome(id, outcome)).await;
                }
            }
        }
        keep(&store, call, entries, &inputs).await;
    }
}

async fn keep(store: &StoreHandle, call: CallId, entries: Vec<Entry>, inputs: &mpsc::Sender<Input>) {
    if entries.is_empty() {
        return;
    }
    if let Err(error) = store.append(call, entries).await {
        log::error!("store: call {call}: {error}");
        let _ = inputs.try_send(Input::KeepFailed);
    }
}
