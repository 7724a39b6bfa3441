//! Calls without a PBX: sound files and the machine's own microphone and loudspeaker.

mod flac;
pub mod scripted;
pub mod sound_card;
pub mod tracks;
pub mod wav;
