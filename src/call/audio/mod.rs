//! Sound as numbers.
