//! The adapters: each turns a PBX, a file or a sound card into the same [`Line`].

pub mod local;

use tokio::sync::mpsc;

use crate::call::line::{Arrival, LineCommand, LineEvent};

/// One call as an adapter hands it over. The adapter keeps the other ends of both queues; dropping either side
/// ends the call on the other.
#[derive(Debug)]
pub struct Line {
    /// What the PBX says of the call.
    pub arrival: Arrival,
    /// Which site is called.
    pub site: String,
    /// What happens on the line.
    pub events: mpsc::Receiver<LineEvent>,
    /// What the call wants of it.
    pub commands: mpsc::Sender<LineCommand>,
}
