// MNIST, in the same batches for every contender.

/** The pixels of an image. */
export const PIXELS = 784;

/** The number of training images: 128 batches of 50, or 50 of 128. */
const IMAGES = 6400;

/** Bytes before the first image in an IDX file of images. */
const HEADER = 16;

/** Returns the first images of the training set, one byte per pixel. */
export async function images() {
  const response = await fetch("../mnist/train-images-idx3-ubyte.gz");
  if (!response.ok) throw new Error("MNIST is missing: `make data` downloads it.");
  const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(unpacked).arrayBuffer();
  return new Uint8Array(bytes, HEADER, IMAGES * PIXELS);
}

/** Returns the images as batches of `size`. `form` converts the bytes of a batch to what a contender takes. */
export function batches(images, size, form) {
  const length = size * PIXELS;
  return Array.from({ length: images.length / length }, (_, i) => form(images.subarray(i * length, (i + 1) * length)));
}

/** Converts bytes to floats from 0 to 1. */
export const floats = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);

/** Returns the share of pixels that are not zero. */
export const inked = (images) => images.reduce((count, byte) => count + (byte > 0), 0) / images.length;

/** Returns whether a layer of `count` is linear, by its index: the code and the output layer are. */
export const isLinear = (count, index) => index === count / 2 - 1 || index === count - 1;
