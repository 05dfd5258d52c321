import keras
import numpy
from safetensors.numpy import load_file

# Name, outputs, activation, and how many of the outputs are means of which the next layer takes only these.
LAYERS = [
    ("encoder.0", 3, "tanh", 0),
    ("encoder.2", 2, "linear", 0),
    ("decoder.0", 3, "tanh", 0),
    ("decoder.2", 4, "linear", 0),
]

inputs = x = keras.Input((4,))
dense = []
for _, outputs, activation, means in LAYERS:
    dense.append(keras.layers.Dense(outputs, activation))
    x = dense[-1](x)
    if means:
        x = x[:, :means]
model = keras.Model(inputs, x)
tensors = load_file("ours.safetensors")
for layer, (name, *_) in zip(dense, LAYERS):
    layer.set_weights([tensors[f"{name}.weight"].T, tensors[f"{name}.bias"]])
images = numpy.random.rand(5, 4).astype("float32")  # rows of pixels from 0 (background) to 1 (ink)
outputs = keras.ops.convert_to_numpy(model(images))
print("mean squared error per pixel:", ((outputs - images) ** 2).mean())
