//! Scripts that rebuild a network in other libraries and load its parameters from a `.safetensors` file beside them.

use crate::nn::{Activation, NetworkSpec};

/// A library for which a script is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// PyTorch.
    PyTorch,
    /// Keras.
    Keras,
}

impl Script {
    /// Every library.
    pub const ALL: [Self; 2] = [Self::PyTorch, Self::Keras];

    /// Returns the name of the format for display.
    pub fn title(self) -> &'static str {
        match self {
            Self::PyTorch => "PyTorch script, .py",
            Self::Keras => "Keras script, .py",
        }
    }

    /// Returns the end of the script's file name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::PyTorch => "pytorch.py",
            Self::Keras => "keras.py",
        }
    }

    /// Returns a script that builds the network, loads its parameters from the file `name`, and reconstructs images.
    pub fn write(self, spec: &NetworkSpec, name: &str) -> String {
        match self {
            Self::PyTorch => pytorch(spec, name),
            Self::Keras => keras(spec, name),
        }
    }
}

fn pytorch(spec: &NetworkSpec, name: &str) -> String {
    let mut modules = [String::new(), String::new()];
    let mut inputs = spec.inputs;
    for (index, layer) in spec.layers.iter().enumerate() {
        let is_gaussian = spec.is_variational() && index == spec.code;
        let outputs = if is_gaussian { 2 * layer.outputs } else { layer.outputs };
        let activation = match layer.activation {
            Activation::Linear => "",
            Activation::Tanh => "nn.Tanh(), ",
            Activation::Relu => "nn.ReLU(), ",
            Activation::LeakyRelu => "nn.LeakyReLU(0.01), ",
            Activation::Sigmoid => "nn.Sigmoid(), ",
        };
        modules[usize::from(index > spec.code)] += &format!("nn.Linear({inputs}, {outputs}), {activation}");
        inputs = layer.outputs;
    }
    let [encoder, decoder] = modules.map(|module| module.trim_end_matches(", ").to_owned());
    // The means of a Gaussian code are its first half.
    let mean = if spec.is_variational() { ".chunk(2, dim=1)[0]" } else { "" };
    let pixels = spec.inputs;
    format!(
        "import torch
from safetensors.torch import load_file
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential({encoder})
        self.decoder = nn.Sequential({decoder})

    def forward(self, x):
        return self.decoder(self.encoder(x){mean})


model = Autoencoder()
model.load_state_dict(load_file(\"{name}\"))
images = torch.rand(5, {pixels})  # rows of pixels from 0 (background) to 1 (ink)
with torch.no_grad():
    outputs = model(images)
print(\"mean squared error per pixel:\", ((outputs - images) ** 2).mean().item())
"
    )
}

fn keras(spec: &NetworkSpec, name: &str) -> String {
    let (mut layers, mut index_in_module) = (String::new(), 0);
    for (index, layer) in spec.layers.iter().enumerate() {
        let is_gaussian = spec.is_variational() && index == spec.code;
        let outputs = if is_gaussian { 2 * layer.outputs } else { layer.outputs };
        let activation = match layer.activation {
            Activation::Linear => "\"linear\"",
            Activation::Tanh => "\"tanh\"",
            Activation::Relu => "\"relu\"",
            Activation::LeakyRelu => "keras.layers.LeakyReLU(negative_slope=0.01)",
            Activation::Sigmoid => "\"sigmoid\"",
        };
        let module = if index > spec.code { "decoder" } else { "encoder" };
        layers += &format!(
            "    (\"{module}.{index_in_module}\", {outputs}, {activation}, {}),\n",
            if is_gaussian { layer.outputs } else { 0 }
        );
        index_in_module += if layer.activation == Activation::Linear { 1 } else { 2 };
        if index == spec.code {
            index_in_module = 0;
        }
    }
    let pixels = spec.inputs;
    format!(
        "import keras
import numpy
from safetensors.numpy import load_file

# Name, outputs, activation, and how many of the outputs are means of which the next layer takes only these.
LAYERS = [
{layers}]

inputs = x = keras.Input(({pixels},))
dense = []
for _, outputs, activation, means in LAYERS:
    dense.append(keras.layers.Dense(outputs, activation))
    x = dense[-1](x)
    if means:
        x = x[:, :means]
model = keras.Model(inputs, x)
tensors = load_file(\"{name}\")
for layer, (name, *_) in zip(dense, LAYERS):
    layer.set_weights([tensors[f\"{{name}}.weight\"].T, tensors[f\"{{name}}.bias\"]])
images = numpy.random.rand(5, {pixels}).astype(\"float32\")  # rows of pixels from 0 (background) to 1 (ink)
outputs = keras.ops.convert_to_numpy(model(images))
print(\"mean squared error per pixel:\", ((outputs - images) ** 2).mean())
"
    )
}
