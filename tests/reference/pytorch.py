"""Writes the tables pytorch_*.json. See README.md for how to run it."""

import json
import math
import pathlib
import re

import torch
import torch.distributions as D
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
STEPS = 10
torch.set_default_dtype(torch.float64)


def write(name, table):
    """Formats JSON with twelve digits and one line per innermost list."""

    def rounded(value):
        if isinstance(value, float):
            return float(f"{value:.12g}")
        if isinstance(value, dict):
            return {key: rounded(item) for key, item in value.items()}
        return [rounded(item) for item in value] if isinstance(value, list) else value

    text = json.dumps(rounded(table), indent=1)
    text = re.sub(r"\[[^\[\]{}]*\]", lambda row: re.sub(r"\s+", " ", row[0]), text)
    (HERE / f"pytorch_{name}.json").write_text(text + "\n")


# --- Optimisers, fed with the gradients of optimizer_inputs.json -----------------------------------------------------

ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

# The call is text, because it is written to the table. PyTorch multiplies the velocity of momentum by the rate, this crate
# and ConvNetJS include the rate in it: they agree while it is constant.
OPTIMIZERS = [
    ("sgd", {}, 0.0, False, "torch.optim.SGD(groups, lr=0.1)"),
    ("momentum", {"momentum": 0.9}, 0.0, True, "torch.optim.SGD(groups, lr=0.05, momentum=0.9)"),
    ("nesterov", {"momentum": 0.9}, 0.0, True, "torch.optim.SGD(groups, lr=0.05, momentum=0.9, nesterov=True)"),
    ("nesterov", {"momentum": 0.5}, 0.0, True, "torch.optim.SGD(groups, lr=0.1, momentum=0.5, nesterov=True)"),
    ("adadelta", {"rho": 0.95, "epsilon": 1e-8}, 0.0, False, "torch.optim.Adadelta(groups, lr=0.3, rho=0.95, eps=1e-8)"),
    ("adadelta", {"rho": 0.9, "epsilon": 1e-5}, 0.0, False, "torch.optim.Adadelta(groups, lr=2.0, rho=0.9, eps=1e-5)"),
    ("adam", ADAM, 0.0, False, "torch.optim.Adam(groups, lr=0.01, betas=(0.9, 0.999), eps=1e-8)"),
    (
        "adam",
        {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3},
        0.0,
        False,
        "torch.optim.Adam(groups, lr=0.01, betas=(0.8, 0.99), eps=1e-3)",
    ),
    (
        "adamw",
        {**ADAM, "weight_decay": 0.3},
        0.0,
        False,
        "torch.optim.AdamW(groups, lr=0.02, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.3)",
    ),
    ("sgd", {}, 0.2, False, "torch.optim.SGD(groups, lr=0.1, weight_decay=0.2)"),
    ("adam", ADAM, 0.2, False, "torch.optim.Adam(groups, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.2)"),
]


def optimizer_case(method, constants, l2, constant_rate, call, weights=4):
    inputs = json.loads((HERE / "optimizer_inputs.json").read_text())
    initial = torch.tensor(inputs["initial"])
    weight, bias = initial[:weights].clone().requires_grad_(), initial[weights:].clone().requires_grad_()
    groups = [{"params": [weight]}, {"params": [bias], "weight_decay": 0.0}]
    optimizer = eval(call)
    learning_rates, parameters = [], []
    for step, gradient in enumerate(torch.tensor(inputs["gradients"])):
        for group in optimizer.param_groups:
            if step == STEPS // 2 and not constant_rate:
                group["lr"] *= 0.5
        weight.grad, bias.grad = gradient[:weights].clone(), gradient[weights:].clone()
        optimizer.step()
        learning_rates.append(optimizer.param_groups[0]["lr"])
        parameters.append(torch.cat([weight, bias]).tolist())
    return {
        "call": call,
        "method": method,
        "constants": constants,
        "decay": {"l1": 0.0, "l2": l2, "scale": "mean"},
        "batch_size": 4,
        "learning_rates": learning_rates,
        "parameters": parameters,
    }


# --- Activations and losses ------------------------------------------------------------------------------------------

ACTIVATIONS = {
    "linear": "a",
    "tanh": "torch.tanh(a)",
    "relu": "F.relu(a)",
    "leaky-relu": "F.leaky_relu(a, negative_slope=0.01)",
    "sigmoid": "torch.sigmoid(a)",
}

LOSSES = {
    "mse": "F.mse_loss(y, x)",
    "half-sum-squared": "0.5 * F.mse_loss(y, x, reduction='sum') / len(y)",
    "bce": "F.binary_cross_entropy_with_logits(y, x)",
}


def activation_case(name, call):
    a = torch.tensor([-20.0, -3.0, -1.0, -0.25, -0.01, 0.0, 0.003, 0.5, 1.0, 2.5, 6.0]).requires_grad_()
    d_outputs = torch.tensor([1.0, -0.5, 2.0, 1.5, -1.0, 1.0, 0.75, -2.0, 1.0, 0.5, 1.0])
    y = eval(call)
    y.backward(d_outputs)
    return {
        "call": call,
        "name": name,
        "inputs": a.tolist(),
        "d_outputs": d_outputs.tolist(),
        "outputs": y.tolist(),
        "d_inputs": a.grad.tolist(),
    }


def loss_case(name, call):
    torch.manual_seed(1)
    y = (3.0 * torch.randn(3, 11)).round(decimals=3).requires_grad_()
    x = torch.rand(3, 11).round(decimals=3)
    loss = eval(call)
    loss.backward()
    mse = F.mse_loss(torch.sigmoid(y) if name == "bce" else y, x)
    return {
        "call": call,
        "name": name,
        "outputs": y.tolist(),
        "targets": x.tolist(),
        "loss": loss.item(),
        "mse": mse.item(),
        "d_outputs": y.grad.tolist(),
    }


# --- Whole networks --------------------------------------------------------------------------------------------------

LETTERS = {"t": "tanh", "r": "relu", "l": "leaky-relu", "s": "sigmoid", "": "linear"}

NETWORKS = [
    ("9 7t 5t 2 5t 7t 9", "mse"),
    ("9 7l 2 5s 7r 9", "bce"),
]


def layer_table(layers):
    """Returns the layers with weights as in this crate, [I, O]; PyTorch's are [O, I]."""
    return [{"weight": layer.weight.T.tolist(), "bias": layer.bias.tolist()} for layer, _ in layers]


def network_case(spec, loss):
    torch.manual_seed(2)
    widths = [int(re.match(r"\d+", token)[0]) for token in spec.split()]
    activations = [ACTIVATIONS[LETTERS[token.lstrip("0123456789")]] for token in spec.split()[1:]]
    layers = list(zip(map(torch.nn.Linear, widths, widths[1:]), activations))
    for layer, _ in layers:
        for parameter in layer.parameters():
            parameter.data = parameter.data.round(decimals=4)
    x = torch.rand(5, widths[0]).round(decimals=3)
    initial = layer_table(layers)
    call = "torch.optim.Adam(parameters, lr=0.01, betas=(0.9, 0.999), eps=1e-8)"
    parameters = [parameter for layer, _ in layers for parameter in layer.parameters()]
    optimizer = eval(call)
    losses = []
    for _ in range(STEPS):
        y = x
        for layer, activation in layers:
            y = eval(activation, globals(), {"a": layer(y)})
        value = eval(LOSSES[loss])
        losses.append(value.item())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return {
        "call": call,
        "spec": spec,
        "loss": loss,
        "method": "adam",
        "constants": ADAM,
        "learning_rate": 0.01,
        "batch": x.tolist(),
        "initial": initial,
        "losses": losses,
        "final": layer_table(layers),
    }


# --- Variational autoencoders ----------------------------------------------------------------------------------------

# The distribution of the pixels given the last layer's outputs, the divisor of the evidence lower bound that makes it the
# loss, and the constant that the loss omits.
LIKELIHOODS = {
    "mse": ("D.Normal(y, 0.5 ** 0.5)", "y.shape[1]", 0.5 * math.log(math.pi)),
    "half-sum-squared": ("D.Normal(y, 1.0)", "1", 0.5 * math.log(2 * math.pi)),
    "bce": ("D.Bernoulli(logits=y, validate_args=False)", "y.shape[1]", 0.0),
}

VARIATIONAL = [
    ("9 7t 2~ 7t 9", "bce", 1.0),
    ("9 5t 3~ 5l 9", "half-sum-squared", 1.0),
    ("9 2~ 6t 9", "mse", 1.0),
    ("9 7t 2~ 7t 9", "mse", 4.0),
]


def variational_case(spec, loss, beta):
    torch.manual_seed(3)
    widths = [int(re.match(r"\d+", token)[0]) for token in spec.split()]
    code = next(index for index, token in enumerate(spec.split()) if token.endswith("~"))
    activations = [ACTIVATIONS[LETTERS[token.strip("0123456789~")]] for token in spec.split()[1:]]
    outputs = [width * (2 if index == code else 1) for index, width in enumerate(widths)]
    layers = list(zip(map(torch.nn.Linear, widths, outputs[1:]), activations))
    for layer, _ in layers:
        for parameter in layer.parameters():
            parameter.data = parameter.data.round(decimals=4)
    x = torch.rand(5, widths[0]).round(decimals=3)
    noise = torch.randn(STEPS, 5, widths[code]).round(decimals=3)
    initial = layer_table(layers)
    call = "torch.optim.Adam(parameters, lr=0.01, betas=(0.9, 0.999), eps=1e-8)"
    parameters = [parameter for layer, _ in layers for parameter in layer.parameters()]
    optimizer = eval(call)
    likelihood, divisor, constant = LIKELIHOODS[loss]
    losses, kls, elbos = [], [], []
    for step in range(STEPS):
        y = x
        for layer, activation in layers[:code]:
            y = eval(activation, globals(), {"a": layer(y)})
        mean, log_variance = y.chunk(2, dim=1)
        posterior = D.Normal(mean, torch.exp(0.5 * log_variance))
        kl = D.kl_divergence(posterior, D.Normal(0.0, 1.0)).sum(1).mean()
        y = mean + posterior.stddev * noise[step]
        for layer, activation in layers[code:]:
            y = eval(activation, globals(), {"a": layer(y)})
        evidence = eval(likelihood).log_prob(x).sum(1).mean()
        value = (beta * kl - evidence - constant * y.shape[1]) / eval(divisor)
        losses.append(value.item())
        kls.append(kl.item())
        elbos.append((evidence - kl).item())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return {
        "call": call,
        "spec": spec,
        "loss": loss,
        "beta": beta,
        "constant": constant * widths[-1],
        "method": "adam",
        "constants": ADAM,
        "learning_rate": 0.01,
        "batch": x.tolist(),
        "noise": noise.tolist(),
        "initial": initial,
        "losses": losses,
        "kls": kls,
        "elbos": elbos,
        "final": layer_table(layers),
    }


write("optimizers", [optimizer_case(*case) for case in OPTIMIZERS])
write("activations", [activation_case(*case) for case in ACTIVATIONS.items()])
write("losses", [loss_case(*case) for case in LOSSES.items()])
write("networks", [network_case(*case) for case in NETWORKS])
write("variational", [variational_case(*case) for case in VARIATIONAL])
