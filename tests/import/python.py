"""Has Python's libraries write files of images and networks, and runs the lines that convert them; see README.md."""

import gzip
import io
import json
import os
import pickle
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import h5py
import keras
import numpy
import pandas
import scipy.io
import torch
from PIL import Image
from torch import nn

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "data.md"
LINES = json.loads((HERE / "lines.json").read_text())


# Has TensorFlow.js write a network whose kernels and biases are given as JSON, as it does for a server.
TFJS = """
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
const layers = require("@tensorflow/tfjs-layers");
const fs = require("fs");
const model = layers.sequential();
for (const [index, [kernel, bias]] of JSON.parse(process.argv[1]).entries()) {
  const inputShape = index === 0 ? [kernel.length] : undefined;
  const dense = layers.layers.dense({ units: bias.length, inputShape });
  model.add(dense);
  dense.setWeights([tf.tensor2d(kernel), tf.tensor1d(bias)]);
}
const fetchFunc = async (_, { body }) => {
  for (const name of ["model.json", "model.weights.bin"]) {
    fs.writeFileSync(name, Buffer.from(await body.get(name).arrayBuffer()));
  }
  return new Response();
};
model.save(tf.io.http("http://localhost", { fetchFunc }));
"""


def digits(count):
    """Returns images with a pattern on black, and their labels, as tests/import.rs has them."""
    x = numpy.zeros((count, 28, 28), "uint8")
    x[:, 8:20, 8:20] = (numpy.arange(count * 144) * 37 % 256).reshape(count, 12, 12)
    return x, numpy.arange(count, dtype="uint8") % 10


def packed(data):
    """Returns bytes as they are kept: packed, in hexadecimal digits."""
    return gzip.compress(data, mtime=0).hex()


def written(save, *arrays, **named):
    file = io.BytesIO()
    save(file, *arrays, **named)
    return packed(file.getvalue())


def arrays():
    """Returns what NumPy writes of three digits in each element type, shape and order."""
    x, _ = digits(3)
    cases = {}
    for dtype in ["u1", "i2", ">i4", "i8", "u8"]:
        cases[f"{dtype} [n, h, w]"] = x.astype(dtype)
    for dtype in ["f4", ">f4", "f8"]:
        cases[f"{dtype} [n, h, w], to 1"] = (x / 255).astype(dtype)
        cases[f"{dtype} [n, h, w], to 255"] = x.astype(dtype)
    cases["u1 [n, pixels]"] = x.reshape(3, 784)
    cases["f4 [n, h, w, 1]"] = (x / 255).astype("f4")[..., None]
    cases["f4 [n, 1, h, w]"] = (x / 255).astype("f4")[:, None]
    cases["u1 [n, h, w], Fortran order"] = numpy.asfortranarray(x)
    cases["f8 [n, pixels], Fortran order"] = numpy.asfortranarray(x.reshape(3, 784) / 255)
    return {name: written(numpy.save, array) for name, array in cases.items()}


def archives():
    """Returns what NumPy writes of 30 digits, the last 10 to test with, under the names that people give them."""
    x, y = digits(30)
    keras_names = dict(x_train=x[:20], y_train=y[:20], x_test=x[20:], y_test=y[20:])
    medmnist = dict(train_images=x[:20], train_labels=y[:20, None], test_images=x[20:], test_labels=y[20:, None])
    return {
        "Keras": written(numpy.savez_compressed, **keras_names),
        "MedMNIST": written(numpy.savez, **medmnist),
    }


def run(lines, names):
    """Runs lines of Python in the current folder."""
    exec(lines, names)


def images():
    """Runs the line for each format of images. Returns the files that come out."""
    x, y = digits(30)

    def png(image):
        file = io.BytesIO()
        Image.fromarray(image).save(file, "PNG")
        return {"bytes": file.getvalue()}

    with h5py.File("a.hdf5", "w") as file:
        file["x"], file["y"] = x, y
    Path("batch.pkl").write_bytes(pickle.dumps({"images": x, "labels": y}))
    scipy.io.savemat("a.mat", {"images": x, "labels": y[:, None]})
    pandas.DataFrame({"image": [png(image) for image in x], "label": y}).to_parquet("a.parquet")
    Image.fromarray(x[0]).save("a.tif")

    kept = {}
    for name in ["a.hdf5", "batch.pkl", "a.mat"]:
        run(LINES[name], {})
        kept[name] = packed(Path("images.npz").read_bytes())
    run(LINES["a.tif"], {})
    assert (numpy.asarray(Image.open("a.tif.png")) == x[0]).all()
    run(LINES["a.parquet"], {})
    for index, (image, label) in enumerate(zip(x, y)):
        assert (numpy.asarray(Image.open(f"out/{label}/{index}.png")) == image).all()
    shutil.rmtree("out")
    return kept


def networks():
    """Runs the lines for each format of networks. Returns the tensors that come out, inputs, and the outputs for them."""
    layers = [nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2), nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 4), nn.Sigmoid()]
    model = nn.Sequential(*layers)
    with torch.no_grad():
        for first, values in enumerate(model.parameters()):
            values.copy_((torch.arange(values.numel()).reshape(values.shape) + first) * 37 % 17 / 8 - 1)
    inputs = torch.arange(8, dtype=torch.float32).reshape(2, 4) / 8
    outputs = model(inputs)
    dense = [keras.layers.Dense(*of) for of in [(3, "relu"), (2,), (3, "relu"), (4, "sigmoid")]]
    copy = keras.Sequential([keras.Input([4]), *dense])
    linear = [layer for layer in layers if isinstance(layer, nn.Linear)]
    for layer, original in zip(dense, linear):
        layer.set_weights([original.weight.detach().numpy().T, original.bias.detach().numpy()])

    torch.save(model.state_dict(), "net.pt")
    torch.save(model, "net.pth")
    torch.save({"epoch": 3, "state_dict": model.state_dict()}, "net.ckpt")
    copy.save("net.keras")
    copy.save("net.h5")
    copy.save_weights("net.weights.h5")
    weights = [[values.tolist() for values in layer.get_weights()] for layer in dense]
    subprocess.run(["node", "-e", TFJS, json.dumps(weights)], check=True, stderr=subprocess.DEVNULL)
    torch.onnx.export(model, (inputs,), "net.onnx", dynamo=False)
    kept = {}
    for name in ["net.pt", "net.pth", "net.ckpt", "net.keras", "net.h5", "net.weights.h5", "net.onnx", "model.json"]:
        run(LINES[name], {})
        kept[name] = packed(Path("model.safetensors").read_bytes())
    return {"files": kept, "inputs": inputs.tolist(), "outputs": outputs.tolist()}


def documented():
    """Runs the lines in the table of docs/data.md. Returns its rows."""
    x, y = digits(30)
    scope = {"x": x, "y": y, "u": x[20:], "v": y[20:], "names": [f"{i}.png" for i in range(30)]}
    for name in ["keras", "numpy", "pandas"]:
        exec(f"import {name}", scope)
    exec("import os, struct, PIL.Image, sklearn.datasets", scope)
    rows = [row for row in DOCS.read_text().splitlines() if row.startswith("|") and "<br>" in row]
    for row in rows:
        lines = re.findall(r"`([^`]*)`", row.split(" | ")[-1])
        run("\n".join(line for line in lines if ".load_data()" not in line), dict(scope))
    return rows


os.chdir(tempfile.mkdtemp())
table = {"arrays": arrays(), "archives": archives(), "images": images(), "networks": networks(), "rows": documented()}
(HERE / "python.json").write_text(json.dumps(table, indent=1) + "\n")
