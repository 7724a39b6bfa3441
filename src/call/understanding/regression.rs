//! Softmax regression over sparse vectors: small enough to be fitted when a site is read.

/// Rounds over all examples.
const ROUNDS: usize = 60;
/// Step of the descent, and of its constant part.
const STEP: f32 = 2.0;
const STEP_CONSTANT: f32 = 0.2;
/// Pulls weights towards zero.
const DECAY: f32 = 3e-4;
/// Examples are visited in strides of this prime, so that neighbours in the file do not follow each other.
const STRIDE: usize = 7919;

/// A fitted regression.
#[derive(Clone, Debug, Default)]
pub(super) struct Regression {
    classes: usize,
    /// By place in the vector, then by class.
    weights: Vec<f32>,
    constants: Vec<f32>,
}

impl Regression {
    /// Fits vectors of `places` places with their classes. The same examples give the same regression.
    pub fn fit(places: usize, classes: usize, examples: &[(usize, Vec<(usize, f32)>)]) -> Self {
        let mut fitted =
            Self { classes, weights: vec![0.0; places * classes], constants: vec![0.0; classes] };
        let count = examples.len();
        let stride = if count.is_multiple_of(STRIDE) { 1 } else { STRIDE };
        for _ in 0..ROUNDS {
            for step in 0..count {
                let (class, vector) = &examples[(step * stride) % count];
                fitted.learn(*class, vector);
            }
        }
        fitted
    }

    fn learn(&mut self, class: usize, vector: &[(usize, f32)]) {
        let mut error = self.probabilities(vector);
        error[class] -= 1.0;
        for (constant, error) in self.constants.iter_mut().zip(&error) {
            *constant -= STEP_CONSTANT * error;
        }
        for (place, value) in vector {
            let weights = &mut self.weights[place * self.classes..][..self.classes];
            for (weight, error) in weights.iter_mut().zip(&error) {
                *weight -= STEP * (error * value + DECAY * *weight);
            }
        }
    }

    /// How likely each class is; together 1.
    pub fn probabilities(&self, vector: &[(usize, f32)]) -> Vec<f32> {
        let mut scores = self.constants.clone();
        for (place, value) in vector {
            let weights = &self.weights[place * self.classes..][..self.classes];
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += value * weight;
            }
        }
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        scores.iter_mut().for_each(|score| *score = (*score - most).exp());
        let total: f32 = scores.iter().sum();
        scores.iter_mut().for_each(|score| *score /= total);
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_told_apart() {
        let examples = [(0, vec![(0, 1.0)]), (1, vec![(1, 1.0)]), (2, vec![])];
        let fitted = Regression::fit(2, 3, &examples);
        for (class, vector) in &examples {
            let likely = fitted.probabilities(vector);
            assert!(likely[*class] > 0.8, "{class}: {likely:?}");
            assert!((likely.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
