//! The encoder of a streaming transducer: chunks of features and states in, what was heard and states out.
//!
//! What the states are is read from the file: every input after the first is one, and the output at the same place
//! is the same state afterwards. Where its batch stands is the length that the file leaves open. An input behind them
//! for which there is no output is `processed_lens`: how many frames came before (as conformers have it).

use std::path::Path;

use super::super::ModelError;
use super::super::kaldi;
use super::super::runtime::network::{Element, Network, Port, Tensor, Values};
use crate::config::Device;

/// Frames of a chunk.
const CHUNK_FRAMES_MAX: usize = 1024;
/// Values of all states of one stream together: 16 MiB.
const STATE_VALUES_MAX: usize = 4 << 20;
/// What a step of the encoder has, at most.
pub const WIDTH_MAX: usize = 4096;
/// Architectures whose files have that form.
const ARCHITECTURES: [&str; 4] = ["zipformer2", "zipformer", "lstm", "conformer"];

/// Shape of a state of one stream and where the batch stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StateShape {
    element: Element,
    dims: Vec<usize>,
    batch: Option<usize>,
}

/// The states of one stream.
#[derive(Clone)]
pub struct States {
    tensors: Vec<Tensor>,
    frames: i64,
}

/// The encoder.
pub struct Encoder {
    network: Network,
    states: Vec<StateShape>,
    counts_frames: bool,
    batches: bool,
    /// Values a frame.
    pub bands: usize,
    /// Frames that a chunk needs.
    pub chunk_frames: usize,
    /// Frames from one chunk to the next.
    pub step_frames: usize,
}

impl Encoder {
    /// Loads it and checks that it is one.
    ///
    /// # Errors
    /// It is missing, damaged, or of a form that is not run here.
    pub fn load(model: &'static str, path: &Path, device: Device) -> Result<Self, ModelError> {
        let network = Network::load(model, path, device)?;
        let made = Self::made_of(&network).map_err(|cause| network.unusable(cause))?;
        let (states, counts_frames, bands, chunk_frames, step_frames) = made;
        let open = network.inputs().first().and_then(|x| x.dims.first()).is_some_and(Option::is_none);
        let batches = open && states.iter().all(|state| state.batch.is_some());
        Ok(Self { network, states, counts_frames, batches, bands, chunk_frames, step_frames })
    }

    fn made_of(network: &Network) -> Result<(Vec<StateShape>, bool, usize, usize, usize), String> {
        let architecture = property(network, "model_type")?;
        if !ARCHITECTURES.contains(&architecture.as_str()) {
            let known = ARCHITECTURES.join(", ");
            return Err(format!("its model_type is {architecture:?}; this release runs {known}"));
        }
        let frames = number(network, "T", CHUNK_FRAMES_MAX)?;
        let step = number(network, "decode_chunk_len", frames)?;
        let (inputs, outputs) = (network.inputs(), network.outputs());
        let [x, states @ ..] = inputs else { return Err("it has no inputs".to_owned()) };
        let [_, declared, Some(bands)] = x.dims[..] else {
            return Err(format!("its first input has the shape {:?}, not [batch, frames, bands]", x.dims));
        };
        if x.element != Element::Float || declared.is_some_and(|declared| declared != frames) {
            return Err(format!("its first input is {x:?}, but its property T says {frames} frames"));
        }
        if !kaldi::BANDS.contains(&bands) {
            return Err(format!("it wants {bands} bands, not {:?}", kaldi::BANDS));
        }
        let counts = states.len() == outputs.len();
        let states = if counts { &states[..states.len() - 1] } else { states };
        if states.len() + 1 != outputs.len() {
            return Err(format!("it has {} inputs and {} outputs", inputs.len(), outputs.len()));
        }
        let shapes = states.iter().map(shape).collect::<Result<Vec<_>, _>>()?;
        let values: usize = shapes.iter().map(|it| it.dims.iter().product::<usize>()).sum();
        if values > STATE_VALUES_MAX {
            return Err(format!("its states have {values} values a stream, more than {STATE_VALUES_MAX}"));
        }
        if architecture == "zipformer2" {
            zipformer2(network, states)?;
        }
        Ok((shapes, counts, bands, frames, step))
    }

    /// The states of a stream that has heard nothing.
    #[must_use]
    pub fn begin(&self) -> States {
        let tensors = self.states.iter().map(|state| {
            let values = state.dims.iter().product();
            match state.element {
                Element::Whole => Tensor::wholes(&state.dims, vec![0; values]),
                _ => Tensor::floats(&state.dims, vec![0.0; values]),
            }
        });
        States { tensors: tensors.collect(), frames: 0 }
    }

    /// How many streams can go in one run, out of `wanted`.
    #[must_use]
    pub const fn batch(&self, wanted: usize) -> usize {
        if self.batches { wanted } else { 1 }
    }

    /// Runs a chunk of each stream: `chunks` has `chunk_frames` frames of each; the states are brought forward. What
    /// it heard: [streams, steps, width], and steps and width.
    ///
    /// # Errors
    /// The run failed or gave something else than the file says.
    pub fn run(
        &mut self,
        chunks: Vec<f32>,
        states: &mut [&mut States],
    ) -> Result<(Vec<f32>, usize, usize), ModelError> {
        let count = states.len();
        let mut inputs = Vec::with_capacity(self.states.len() + 2);
        inputs.push(Tensor::floats(&[count, self.chunk_frames, self.bands], chunks));
        for (index, shape) in self.states.iter().enumerate() {
            inputs.push(stacked(shape, states.iter().map(|stream| &stream.tensors[index]), count));
        }
        if self.counts_frames {
            inputs.push(Tensor::wholes(&[count], states.iter().map(|stream| stream.frames).collect()));
        }
        let outputs = self.network.run(&inputs)?;
        let mut outputs = outputs.into_iter();
        let heard = outputs.next().map(|heard| (heard.dims, heard.values));
        let Some((dims, Values::Float(heard))) = heard else {
            return Err(self.network.strange("the encoder gave no floating-point values".to_owned()));
        };
        let &[batch, steps, width] = &dims[..] else {
            return Err(self.network.strange(format!("the encoder gave the shape {dims:?}")));
        };
        if batch != count || width == 0 || width > WIDTH_MAX || steps > self.chunk_frames {
            return Err(self
                .network
                .strange(format!("the encoder gave the shape {dims:?} for {count} streams")));
        }
        for ((index, shape), after) in self.states.iter().enumerate().zip(outputs) {
            unstack(shape, &after, states, index).ok_or_else(|| {
                let cause =
                    format!("state {index} came back with the shape {:?}, not {:?}", after.dims, shape.dims);
                self.network.strange(cause)
            })?;
        }
        states.iter_mut().for_each(|stream| stream.frames += self.step_frames as i64);
        Ok((heard, steps, width))
    }
}

/// A property that has to be there.
fn property(network: &Network, key: &str) -> Result<String, String> {
    network.property(key).ok_or_else(|| format!("it has no property {key}"))
}

/// A property that is a number from 1 to `max`.
pub fn number(network: &Network, key: &str, max: usize) -> Result<usize, String> {
    let text = property(network, key)?;
    let number = text.trim().parse().ok().filter(|number| (1..=max).contains(number));
    number.ok_or_else(|| format!("its property {key} is {text:?}, not 1 to {max}"))
}

/// A state as its port declares it.
fn shape(port: &Port) -> Result<StateShape, String> {
    let open: Vec<usize> = (0..port.dims.len()).filter(|&at| port.dims[at].is_none()).collect();
    if port.element == Element::Other || open.len() > 1 || port.dims.is_empty() {
        return Err(format!("its state {:?} has the shape {:?} of {:?}", port.name, port.dims, port.element));
    }
    let dims: Vec<usize> = port.dims.iter().map(|length| length.unwrap_or(1)).collect();
    let values = dims.iter().try_fold(1usize, |product, length| product.checked_mul(*length));
    if values.is_none_or(|values| values == 0 || values > STATE_VALUES_MAX) {
        return Err(format!("its state {:?} has the shape {:?}", port.name, port.dims));
    }
    Ok(StateShape { element: port.element, dims, batch: open.first().copied() })
}

/// Whether the states are those that the properties of a zipformer 2 speak of: six a layer, the embedding's, and how
/// many frames came before.
fn zipformer2(network: &Network, states: &[Port]) -> Result<(), String> {
    let list =
        |key: &str| numbers(&property(network, key)?).ok_or_else(|| format!("its property {key} is no list"));
    let (dims, layers, kernels) =
        (list("encoder_dims")?, list("num_encoder_layers")?, list("cnn_module_kernels")?);
    let (heads, contexts) = (list("num_heads")?, list("left_context_len")?);
    let (keys, values) = (list("query_head_dims")?, list("value_head_dims")?);
    let lists = [&layers, &kernels, &heads, &contexts, &keys, &values];
    if lists.iter().any(|list| list.len() != dims.len()) {
        return Err("its properties speak of different numbers of stacks".to_owned());
    }
    let mut expected: Vec<Vec<usize>> = Vec::new();
    for stack in 0..dims.len() {
        let (dim, left, side) = (dims[stack], contexts[stack], kernels[stack] / 2);
        for _ in 0..layers[stack].min(states.len()) {
            expected.push(vec![left, 1, keys[stack] * heads[stack]]);
            expected.push(vec![1, 1, left, 3 * dim / 4]);
            expected.extend([(); 2].map(|()| vec![left, 1, values[stack] * heads[stack]]));
            expected.extend([(); 2].map(|()| vec![1, dim, side]));
        }
    }
    if states.len() != expected.len() + 2 {
        let (found, wanted) = (states.len(), expected.len() + 2);
        return Err(format!("it has {found} states, but its properties speak of {wanted}"));
    }
    for (port, wanted) in states.iter().zip(&expected) {
        let fits = |(length, wanted): (&Option<usize>, &usize)| length.is_none_or(|length| length == *wanted);
        if port.dims.len() != wanted.len() || !port.dims.iter().zip(wanted).all(fits) {
            let (name, dims) = (&port.name, &port.dims);
            return Err(format!(
                "its state {name:?} has the shape {dims:?}, but its properties say {wanted:?}"
            ));
        }
    }
    Ok(())
}

/// A list of numbers in a property: `192,256,384`; none of them above a million.
pub fn numbers(text: &str) -> Option<Vec<usize>> {
    text.split(',').map(|part| part.trim().parse().ok().filter(|number| *number <= 1_000_000)).collect()
}

/// The states of several streams in one tensor.
fn stacked<'a>(shape: &StateShape, states: impl Iterator<Item = &'a Tensor>, count: usize) -> Tensor {
    let mut dims = shape.dims.clone();
    let at = shape.batch.unwrap_or(0);
    if shape.batch.is_some() {
        dims[at] = count;
    }
    let inner: usize = shape.dims[at..].iter().product();
    let states: Vec<&Tensor> = states.collect();
    let values = match shape.element {
        Element::Whole => Values::Whole(woven(&states, inner, |it| match &it.values {
            Values::Whole(values) => values,
            Values::Float(_) => &[],
        })),
        _ => Values::Float(woven(&states, inner, |it| it.as_floats().unwrap_or(&[]))),
    };
    Tensor { dims, values }
}

fn woven<'a, T: Copy + 'a>(
    states: &[&'a Tensor],
    inner: usize,
    values: impl Fn(&'a Tensor) -> &'a [T],
) -> Vec<T> {
    let outer = states.first().map_or(0, |state| values(state).len() / inner.max(1));
    let rows = (0..outer).flat_map(|row| states.iter().map(move |state| (row, *state)));
    rows.flat_map(|(row, state)| values(state)[row * inner..][..inner].iter().copied()).collect()
}

/// Gives each stream its part of a state of all; `None`: the state has another shape.
fn unstack(shape: &StateShape, all: &Tensor, streams: &mut [&mut States], index: usize) -> Option<()> {
    let mut dims = shape.dims.clone();
    let at = shape.batch.unwrap_or(0);
    let count = if shape.batch.is_some() { streams.len() } else { 1 };
    dims[at] *= count;
    if all.dims != dims {
        return None;
    }
    let inner: usize = shape.dims[at..].iter().product();
    for (place, stream) in streams.iter_mut().enumerate() {
        match (&mut stream.tensors[index].values, &all.values) {
            (Values::Float(own), Values::Float(all)) => unwoven(own, all, inner, count, place),
            (Values::Whole(own), Values::Whole(all)) => unwoven(own, all, inner, count, place),
            _ => return None,
        }
    }
    Some(())
}

fn unwoven<T: Copy>(own: &mut [T], all: &[T], inner: usize, count: usize, place: usize) {
    for (row, part) in own.chunks_mut(inner).enumerate() {
        part.copy_from_slice(&all[(row * count + place) * inner..][..inner]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn states_of_several_streams_keep_apart() {
        let shape = StateShape { element: Element::Float, dims: vec![2, 1, 3], batch: Some(1) };
        let state = |first: f32| Tensor::floats(&[2, 1, 3], (0..6).map(|it| first + it as f32).collect());
        let (one, other) = (state(0.0), state(10.0));
        let all = stacked(&shape, [&one, &other].into_iter(), 2);
        assert_eq!(all.dims, [2, 2, 3]);
        let values = all.as_floats().expect("floats");
        assert_eq!(values, [0.0, 1.0, 2.0, 10.0, 11.0, 12.0, 3.0, 4.0, 5.0, 13.0, 14.0, 15.0]);
        let mut empty = [(); 2].map(|()| States { tensors: vec![state(99.0)], frames: 0 });
        let [first, second] = &mut empty;
        unstack(&shape, &all, &mut [first, second], 0).expect("fits");
        assert_eq!((&empty[0].tensors[0], &empty[1].tensors[0]), (&one, &other));
    }

    #[test]
    fn shapes_that_lie_are_refused() {
        let port =
            |dims: &[Option<usize>]| Port { name: "s".into(), element: Element::Float, dims: dims.to_vec() };
        assert!(shape(&port(&[Some(2), None, Some(3)])).is_ok());
        assert!(shape(&port(&[None, None])).is_err());
        assert!(shape(&port(&[Some(usize::MAX), Some(2)])).is_err());
        assert!(shape(&port(&[Some(0), None])).is_err());
        assert!(shape(&port(&[])).is_err());
    }

    proptest! {
        #[test]
        fn lists_of_numbers_never_panic(text in "[-0-9, .x]{0,40}") {
            let _ = numbers(&text);
        }
    }
}
