//! Vectors as a response lists them, each with its index.

/// One vector of a response.
pub(super) struct Row {
    pub(super) index: usize,
    pub(super) vector: Vec<f32>,
}
