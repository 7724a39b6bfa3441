//! A line to a pretend caller in real time: 20 ms go by every 20 ms.

use std::sync::mpsc as told;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::super::Line;
use crate::call::line::{Absence, Arrival, ColleagueEvent, FRAME_MS, LineCommand, LineEvent, VoiceFrame};
use crate::sim::caller::Telephone;
use crate::sim::world::events;

/// Frames that wait in either direction.
const FRAMES_MAX: usize = 16;

/// Starts a pretend caller. What Klinke says reaches him in words through `said` as well, because he cannot
/// understand sound.
#[must_use]
pub fn call(
    telephone: Box<dyn Telephone + Send>,
    arrival: Arrival,
    site: String,
    said: told::Receiver<String>,
) -> Line {
    let (to_call, events) = mpsc::channel(FRAMES_MAX);
    let (commands, from_call) = mpsc::channel(FRAMES_MAX);
    tokio::spawn(ring(telephone, to_call, from_call, said));
    Line { arrival, site, events, commands, seat: None }
}

async fn ring(
    mut telephone: Box<dyn Telephone + Send>,
    to_call: mpsc::Sender<LineEvent>,
    mut from_call: mpsc::Receiver<LineCommand>,
    said: told::Receiver<String>,
) {
    let mut ticks = interval(Duration::from_millis(FRAME_MS.into()));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let _: Instant = ticks.tick().await;
    loop {
        ticks.tick().await;
        let mut heard = VoiceFrame::SILENCE;
        loop {
            match from_call.try_recv() {
                Ok(LineCommand::Frame(frame)) => heard = frame,
                // there are no colleagues here
                Ok(LineCommand::Consult { .. }) => {
                    let gone = LineEvent::Colleague(ColleagueEvent::Gone(Absence::Unsupported));
                    if to_call.send(gone).await.is_err() {
                        return;
                    }
                }
                Ok(LineCommand::Return) => {}
                Ok(LineCommand::Release { .. } | LineCommand::Connect { .. } | LineCommand::HangUp)
                | Err(mpsc::error::TryRecvError::Disconnected) => return,
                Err(mpsc::error::TryRecvError::Empty) => break,
            }
        }
        said.try_iter().for_each(|text| telephone.told(&text));
        for event in events(telephone.frame(&heard.0)) {
            let last = matches!(event, LineEvent::HungUp(_));
            if to_call.send(event).await.is_err() || last {
                return;
            }
        }
    }
}
