//! The index: a vector for each text, with a search for the nearest ones.

use provider_host::contract::text_embedding::Response;

/// Vectors of one length, none of them empty.
pub(super) struct Index {
    dimensions: usize,
    values: Vec<f32>,
}

/// The index of a text and its cosine similarity, −1 … 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Near {
    pub(super) place: usize,
    pub(super) cosine: f32,
}

impl Index {
    /// An index of `texts` texts.
    pub(super) fn new(embeddings: Response, texts: usize) -> Result<Self, String> {
        let dimensions = usize::try_from(embeddings.dimensions).unwrap_or(usize::MAX);
        let index = Self {
            dimensions: dimensions.max(1),
            values: embeddings.values,
        };
        match index.vectors().count() {
            vectors if vectors == texts && dimensions > 0 => Ok(index),
            vectors => Err(format!(
                "{vectors} vectors of {dimensions} values for {texts} texts"
            )),
        }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The vectors in the order of the texts.
    pub(super) fn vectors(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks(self.dimensions)
    }

    /// The `most` nearest texts out of `among`, nearest first.
    pub(super) fn nearest(&self, vector: &[f32], among: &[usize], most: usize) -> Vec<Near> {
        let vectors = self.vectors().enumerate();
        let mut near: Vec<Near> = vectors
            .filter(|(place, _)| among.contains(place))
            .map(|(place, known)| Near {
                place,
                cosine: cosine(vector, known),
            })
            .collect();
        near.sort_by(|one, other| other.cosine.total_cmp(&one.cosine));
        near.truncate(most);
        near
    }
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let product = |one: &[f32], other: &[f32]| -> f32 {
        one.iter().zip(other).map(|(one, other)| one * other).sum()
    };
    let lengths = (product(one, one) * product(other, other)).sqrt();
    if lengths > 0.0 {
        product(one, other) / lengths
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Index, Response};
    use provider_host::ResponseMetadata;

    fn index(dimensions: u32, values: Vec<f32>, texts: usize) -> Result<Index, String> {
        let embeddings = Response {
            dimensions,
            values,
            truncated: Vec::new(),
            usage: None,
            metadata: ResponseMetadata::default(),
        };
        Index::new(embeddings, texts)
    }

    #[test]
    fn the_nearest_vector_is_that_of_the_same_direction() {
        let index = index(2, vec![0.0, 1.0, 5.0, 5.0, 1.0, 0.0], 3).unwrap();
        let places = |among: &[usize], most| {
            let near = index.nearest(&[2.0, 1.0], among, most);
            near.iter().map(|near| near.place).collect::<Vec<_>>()
        };
        assert_eq!(places(&[0, 1, 2], 3), [1, 2, 0]);
        assert_eq!(places(&[0, 2], 3), [2, 0]);
        assert_eq!(places(&[0, 1, 2], 1), [1]);
    }

    #[test]
    fn a_zero_vector_is_near_to_nothing() {
        let index = index(2, vec![0.0, 0.0], 1).unwrap();
        let near = index.nearest(&[1.0, 0.0], &[0], 1);
        assert!(near[0].cosine.abs() < f32::EPSILON);
    }

    #[test]
    fn vectors_for_other_texts_are_no_index() {
        assert!(index(2, vec![0.0; 4], 3).is_err());
        assert!(index(0, Vec::new(), 1).is_err());
    }
}
