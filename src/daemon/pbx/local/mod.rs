//! Calls without a PBX: sound files and the machine's own microphone and loudspeaker.

pub mod tracks;
pub mod wav;
