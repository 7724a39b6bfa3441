//! Sound as numbers.
pub mod g711;
pub mod g722;
pub mod halfband;
pub mod jitter;
pub mod pcm;
pub mod resample;
pub mod tones;
