//! Networks of others: any tensors in, any tensors out, with what the file says about itself.

use std::path::{Path, PathBuf};

use ort::session::{Session, SessionInputValue};
use ort::value::{TensorElementType, TensorRef, ValueType};

use super::ModelError;
use crate::config::Device;

/// Bytes of a file of weights; the largest network that is meant to run here has 600 MB.
pub const WEIGHTS_BYTES_MAX: u64 = 2 << 30;

/// What a tensor is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// 32-bit floating point.
    Float,
    /// 64-bit whole numbers.
    Whole,
    /// Anything else: not run here.
    Other,
}

/// An input or output as the file declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name in the file.
    pub name: String,
    /// What it is made of.
    pub element: Element,
    /// Its lengths; `None`: any.
    pub dims: Vec<Option<usize>>,
}

/// The values of a tensor, the last dimension fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Floating point.
    Float(Vec<f32>),
    /// Whole numbers.
    Whole(Vec<i64>),
}

/// A tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its lengths; their product is the number of values.
    pub dims: Vec<usize>,
    /// Its values.
    pub values: Values,
}

impl Tensor {
    /// One of floating-point values.
    #[must_use]
    pub fn floats(dims: &[usize], values: Vec<f32>) -> Self {
        Self { dims: dims.to_vec(), values: Values::Float(values) }
    }

    /// One of whole numbers.
    #[must_use]
    pub fn wholes(dims: &[usize], values: Vec<i64>) -> Self {
        Self { dims: dims.to_vec(), values: Values::Whole(values) }
    }

    /// Its values where they are floating point.
    #[must_use]
    pub fn as_floats(&self) -> Option<&[f32]> {
        match &self.values {
            Values::Float(values) => Some(values),
            Values::Whole(_) => None,
        }
    }
}

/// A network on one thread.
pub struct Network {
    session: Session,
    model: &'static str,
    path: PathBuf,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

impl Network {
    /// Loads the file at `path`; the library must be [`open`](super::open). `model`: what it is, for messages.
    ///
    /// # Errors
    /// The file is missing, too large or damaged, or there is no such device.
    pub fn load(model: &'static str, path: &Path, device: Device) -> Result<Self, ModelError> {
        let unusable = |cause: String| ModelError::WeightsUnusable { model, path: path.to_owned(), cause };
        let missing = |_| ModelError::WeightsMissing { model, path: path.to_owned() };
        if std::fs::metadata(path).map_err(missing)?.len() > WEIGHTS_BYTES_MAX {
            return Err(unusable(format!("it is longer than {WEIGHTS_BYTES_MAX} bytes")));
        }
        // large weights lie beside the graph and are mapped
        let session = super::session(model, path, device)?;
        let inputs = session.inputs().iter().map(|it| port(it.name(), it.dtype())).collect();
        let outputs = session.outputs().iter().map(|it| port(it.name(), it.dtype())).collect();
        Ok(Self { session, model, path: path.to_owned(), inputs, outputs })
    }

    /// Its inputs in their order.
    #[must_use]
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// Its outputs in their order.
    #[must_use]
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// A property that stands in the file.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<String> {
        self.session.metadata().ok()?.custom(key)
    }

    /// That this file cannot be used, and why.
    #[must_use]
    pub fn unusable(&self, cause: String) -> ModelError {
        ModelError::WeightsUnusable { model: self.model, path: self.path.clone(), cause }
    }

    /// Runs it: inputs and outputs in the order of the file.
    ///
    /// # Errors
    /// The inputs are not what it takes, the run failed, or an output has values of a kind that is not run here.
    pub fn run(&mut self, inputs: &[Tensor]) -> Result<Vec<Tensor>, ModelError> {
        let failed = |error: ort::Error| ModelError::Run { model: self.model, cause: error.to_string() };
        let views: Vec<SessionInputValue<'_>> =
            inputs.iter().map(view).collect::<Result<_, _>>().map_err(failed)?;
        let outputs = self.session.run(views.as_slice()).map_err(failed)?;
        let mut tensors = Vec::with_capacity(outputs.len());
        for index in 0..outputs.len() {
            let value = &outputs[index];
            let tensor = if let Ok((shape, values)) = value.try_extract_tensor::<f32>() {
                Tensor { dims: lengths(shape), values: Values::Float(values.to_vec()) }
            } else {
                let (shape, values) = value.try_extract_tensor::<i64>().map_err(failed)?;
                Tensor { dims: lengths(shape), values: Values::Whole(values.to_vec()) }
            };
            tensors.push(tensor);
        }
        Ok(tensors)
    }

    /// A run that gave something else than it should.
    #[must_use]
    pub fn strange(&self, cause: String) -> ModelError {
        ModelError::Run { model: self.model, cause }
    }
}

fn view(tensor: &Tensor) -> Result<SessionInputValue<'_>, ort::Error> {
    Ok(match &tensor.values {
        Values::Float(values) => {
            TensorRef::from_array_view((tensor.dims.clone(), values.as_slice()))?.into_dyn().into()
        }
        Values::Whole(values) => {
            TensorRef::from_array_view((tensor.dims.clone(), values.as_slice()))?.into_dyn().into()
        }
    })
}

fn lengths(shape: &[i64]) -> Vec<usize> {
    shape.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect()
}

fn port(name: &str, dtype: &ValueType) -> Port {
    let (element, dims) = match dtype {
        ValueType::Tensor { ty, shape, .. } => {
            let element = match ty {
                TensorElementType::Float32 => Element::Float,
                TensorElementType::Int64 => Element::Whole,
                _ => Element::Other,
            };
            (element, shape.iter().map(|length| usize::try_from(*length).ok()).collect())
        }
        _ => (Element::Other, Vec::new()),
    };
    Port { name: name.to_owned(), element, dims }
}
