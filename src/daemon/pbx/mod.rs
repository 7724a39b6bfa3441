//! pbx.
