//! Sound as numbers.
pub mod pcm;
pub mod resample;
