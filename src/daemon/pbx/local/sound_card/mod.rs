//! The machine's own microphone and loudspeaker as a line: `klinke talk`.
//!
//! The microphone's clock is the clock of the sound. What the two cards' clocks differ by shows as a queue that
//! grows or runs dry, and there a frame of the loudspeaker's is left out or waited for. Headphones are needed:
//! nothing here takes Klinke's own voice out of the microphone.
//!
//! Only the part that knows the sound library needs the feature `sound-card`.

#[cfg(feature = "sound-card")]
mod card;
mod loudspeaker;
mod microphone;

pub use loudspeaker::Loudspeaker;
pub use microphone::Microphone;

use crate::call::audio::resample::ResampleError;
use crate::daemon::pbx::Line;

/// Why there is no line to the sound card.
#[derive(Debug, thiserror::Error)]
pub enum SoundCardError {
    /// The program was built without it.
    #[error(
        "this klinke was built without the sound card; build it with: cargo build --release --features sound-card \
         (needs the Debian packages libasound2-dev and pkg-config)"
    )]
    NotBuilt,
    /// Not there.
    #[error("there is no {direction} {wanted:?}; there are: {}", list(known))]
    NotFound {
        /// `microphone` or `loudspeaker`.
        direction: &'static str,
        /// What was asked for; empty: the machine's own choice.
        wanted: String,
        /// What there is.
        known: Vec<String>,
    },
    /// There, but of no use.
    #[error("the {direction} cannot be used: {cause}")]
    Refused {
        /// `microphone` or `loudspeaker`.
        direction: &'static str,
        /// What the sound library says.
        cause: String,
    },
    /// A rate that is not taken.
    #[error("the {direction} cannot be used: {cause}")]
    Rate {
        /// `microphone` or `loudspeaker`.
        direction: &'static str,
        /// What is wrong with it.
        cause: ResampleError,
    },
}

fn list(known: &[String]) -> String {
    if known.is_empty() { "none".into() } else { known.join(", ") }
}

/// A call to `site` over the microphone and the loudspeaker of these names; `None`: those that the machine takes
/// by itself. It ends when either side of the line is dropped, and says `HungUp` when a device goes away.
///
/// # Errors
/// No such device, one that cannot be used, a program without the feature.
#[cfg(feature = "sound-card")]
pub fn open(site: &str, input: Option<&str>, output: Option<&str>) -> Result<Line, SoundCardError> {
    card::open(site, input, output)
}

/// A call to `site` over the microphone and the loudspeaker of these names; `None`: those that the machine takes
/// by itself. It ends when either side of the line is dropped, and says `HungUp` when a device goes away.
///
/// # Errors
/// Always: this program was built without the feature.
#[cfg(not(feature = "sound-card"))]
pub fn open(_site: &str, _input: Option<&str>, _output: Option<&str>) -> Result<Line, SoundCardError> {
    Err(SoundCardError::NotBuilt)
}
