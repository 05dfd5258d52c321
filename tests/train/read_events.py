"""Reads an event file of examples/train back with TensorBoard's own EventAccumulator.

    pip install tensorboard==2.21.0 pillow
    cargo run --release --example train -- --steps 1000 --logdir logs
    python tests/train/read_events.py logs

Fails if TensorBoard finds anything but the two curves, every 100 steps, and the three grids, every 500. events.rs looks at the same
file byte by byte and needs no Python.
"""

import io
import sys

import PIL.Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

SCALAR_INTERVAL, INTERVAL = 100, 500
SIZES = {"Input": (280, 140), "Encoder": (158, 148), "Output": (280, 140)}

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
events.Reload()
tags = events.Tags()
assert sorted(tags["scalars"]) == ["Loss", "Test loss"], tags
assert sorted(tags["images"]) == sorted(SIZES), tags
print("file version", events.file_version)

for tag in tags["scalars"]:
    curve = events.Scalars(tag)
    print(f"{tag}:", ", ".join(f"step {point.step} {point.value:.6f}" for point in curve))
    # The test loss has one more point, after the last step.
    assert [point.step for point in curve] == [SCALAR_INTERVAL * i for i in range(len(curve))]
    assert curve[-1].value < curve[0].value

for tag, size in SIZES.items():
    images = events.Images(tag)
    print(f"{tag}:", ", ".join(f"step {image.step} {image.width}x{image.height}" for image in images))
    assert [image.step for image in images] == [INTERVAL * i for i in range(len(images))]
    for image in images:
        picture = PIL.Image.open(io.BytesIO(image.encoded_image_string))
        picture.load()
        assert picture.format == "PNG" and picture.mode == "L", (picture.format, picture.mode)
        assert picture.size == (image.width, image.height) == size, picture.size
