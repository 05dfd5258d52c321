"""Reads an event file of examples/train back with TensorBoard's own EventAccumulator.

    pip install tensorboard==2.21.0 pillow
    cargo run --release --example train -- --steps 1000 --logdir logs
    python tests/train/read_events.py logs

Fails if TensorBoard finds anything but the curve and the three grids, every 500 steps. events.rs looks at the same
file byte by byte and needs no Python.
"""

import io
import sys

import PIL.Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

INTERVAL = 500
SIZES = {"Input": (280, 140), "Encoder": (158, 148), "Output": (280, 140)}

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
events.Reload()
tags = events.Tags()
assert tags["scalars"] == ["Loss"], tags
assert sorted(tags["images"]) == sorted(SIZES), tags
print("file version", events.file_version)

loss = events.Scalars("Loss")
print("Loss:", ", ".join(f"step {point.step} {point.value:.6f}" for point in loss))
assert [point.step for point in loss] == [INTERVAL * i for i in range(len(loss))]
assert loss[-1].value < loss[0].value

for tag, size in SIZES.items():
    images = events.Images(tag)
    print(f"{tag}:", ", ".join(f"step {image.step} {image.width}x{image.height}" for image in images))
    assert [image.step for image in images][: len(loss)] == [point.step for point in loss]
    for image in images:
        picture = PIL.Image.open(io.BytesIO(image.encoded_image_string))
        picture.load()
        assert picture.format == "PNG" and picture.mode == "L", (picture.format, picture.mode)
        assert picture.size == (image.width, image.height) == size, picture.size
