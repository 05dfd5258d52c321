"""Runs the scripts that this crate writes for PyTorch and Keras, and keeps their outputs; see README.md for how to run it."""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
HERE = Path(__file__).parent
os.chdir(HERE)

import numpy  # noqa: E402

inputs = json.loads((HERE / "outputs_of_ours.json").read_text())["inputs"]
images = numpy.array(inputs, dtype="float32")
outputs = {}
for library in ["pytorch", "keras"]:
    scope = {}
    exec((HERE / f"ours-{library}.py").read_text(), scope)
    model = scope["model"]
    if library == "pytorch":
        outputs[library] = model(scope["torch"].tensor(images)).tolist()
    else:
        outputs[library] = scope["keras"].ops.convert_to_numpy(model(images)).tolist()
(HERE / "outputs_of_scripts.json").write_text(json.dumps({"inputs": inputs, **outputs}) + "\n")
