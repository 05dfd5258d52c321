"""Writes theirs.safetensors and outputs_of_ours.json with safetensors and PyTorch; see README.md for how to run it."""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

HERE = Path(__file__).parent


class Autoencoder(nn.Module):
    """The network “4 3t 2 3t 4”."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 4))

    def forward(self, x):
        return self.decoder(self.encoder(x))


def theirs():
    """Returns a network whose weights are 100 times the layer index plus 10 times the output plus the input."""
    state = Autoencoder().state_dict()
    for place, name in enumerate(["encoder.0", "encoder.2", "decoder.0", "decoder.2"]):
        outputs, inputs = state[f"{name}.weight"].shape
        weight = [[100 * place + 10 * o + i for i in range(inputs)] for o in range(outputs)]
        state[f"{name}.weight"] = torch.tensor(weight, dtype=torch.float32)
        state[f"{name}.bias"] = torch.tensor([-100 * place - o for o in range(outputs)], dtype=torch.float32)
    return state


def outputs_of_ours(inputs):
    with safe_open(HERE / "ours.safetensors", framework="pt") as file:
        assert file.metadata() == {"network": "4 3t 2 3t 4, mse"}, file.metadata()
    network = Autoencoder()
    network.load_state_dict(load_file(HERE / "ours.safetensors"))
    return network.double()(torch.tensor(inputs, dtype=torch.float64)).tolist()


save_file(theirs(), HERE / "theirs.safetensors")
inputs = [[0.0, 0.25, 0.5, 1.0], [1.0, 0.75, 0.125, 0.0]]
table = {"inputs": inputs, "outputs": outputs_of_ours(inputs)}
(HERE / "outputs_of_ours.json").write_text(json.dumps(table) + "\n")
