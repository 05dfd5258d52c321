// MNIST, in batches that every contender is given alike.

/** Numbers in an image. */
export const PIXELS = 784;

/** How many images are trained on, over and over: 128 batches of 50, or 50 of 128. */
const IMAGES = 6400;

/** Bytes before the first image in an IDX file of images. */
const HEADER = 16;

/** The first images of the training set, a byte a pixel. */
export async function images() {
  const response = await fetch("../mnist/train-images-idx3-ubyte.gz");
  if (!response.ok) throw new Error("MNIST is not there: `make data` fetches it.");
  const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(unpacked).arrayBuffer();
  return new Uint8Array(bytes, HEADER, IMAGES * PIXELS);
}

/** The images as batches of `size`, each made by `form` of its bytes: whatever a contender likes best. */
export function batches(images, size, form) {
  const length = size * PIXELS;
  return Array.from({ length: images.length / length }, (_, i) => form(images.subarray(i * length, (i + 1) * length)));
}

/** Bytes as numbers from 0 to 1. */
export const floats = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);

/** The share of pixels that are not zero. */
export const inked = (images) => images.reduce((count, byte) => count + (byte > 0), 0) / images.length;
