//! The vector of a text: each feature is added at places and with signs given
//! by its hash (feature hashing), and the sum is normalised.

use fastrand::Rng;

use crate::upstream::features::Features;

/// Places that a feature is added at. More than one, so that two features with
/// a common place still differ.
const PLACES: usize = 3;

/// The vector of a text. Without features it is the first axis, so that every
/// vector has length 1.
pub(super) fn of(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    for (feature, weight) in Features::of(text).iter() {
        let mut random = Rng::with_seed(feature);
        for _ in 0..PLACES {
            let place = random.usize(..dimensions.max(1));
            let sign = if random.bool() { 1.0 } else { -1.0 };
            if let Some(value) = vector.get_mut(place) {
                *value += sign * weight;
            }
        }
    }
    normalised(vector)
}

fn normalised(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for value in &mut vector {
            *value /= length;
        }
    } else if let Some(first) = vector.first_mut() {
        *first = 1.0;
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::of;
    use proptest::prelude::*;

    fn cosine(one: &str, other: &str, dimensions: usize) -> f32 {
        let (one, other) = (of(one, dimensions), of(other, dimensions));
        one.iter().zip(&other).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn a_question_is_nearest_to_its_answer_also_with_few_dimensions() {
        let question = "How long do refunds take?";
        for dimensions in [64, 256, 1_024] {
            let near = cosine(question, "A refund takes five days.", dimensions);
            let far = cosine(question, "The moon is made of rock.", dimensions);
            assert!(near > far + 0.1, "{dimensions}: {near} {far}");
        }
    }

    proptest! {
        #[test]
        fn every_vector_has_length_one(text in any::<String>(), dimensions in 1_usize..200) {
            let vector = of(&text, dimensions);
            prop_assert_eq!(vector.len(), dimensions);
            let length: f32 = vector.iter().map(|value| value * value).sum();
            prop_assert!((length - 1.0).abs() < 1e-4, "{}", length);
        }
    }
}
