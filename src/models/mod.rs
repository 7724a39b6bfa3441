//! What runs the weights.
