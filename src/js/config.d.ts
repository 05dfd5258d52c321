/**
 * A preset: `blog` and `karpathy` are the settings of the two originals, `hinton` is the network of Hinton and Salakhutdinov
 * (2006), `modern` and `deep` are those of this project.
 */
export type Preset = "modern" | "deep" | "blog" | "karpathy" | "hinton";

/** The loss: the mean squared error, half the sum of squared errors of each example, or binary cross-entropy. */
export type Loss = "mse" | "half-sum-squared" | "bce";

/** The corruption of the input: values are set to zero, or Gaussian noise is added. */
export type Corruption = "none" | "masking" | "gaussian";

/** The schedule of the learning rate: constant, or a cosine that falls to zero. */
export type Schedule = "constant" | "cosine";

/** The optimizer. */
export type Optimizer =
  | "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw";

/** The activation of a layer. */
export type Activation = "linear" | "tanh" | "relu" | "leaky-relu" | "sigmoid";

/** The settings of an `Autoencoder`. */
export interface AutoencoderSettings {
  /** The defaults of all other settings. */
  preset?: Preset;
  /**
   * The number of inputs, then for each layer its number of outputs and a letter for its activation: `t` tanh, `r` ReLU,
   * `l` leaky ReLU, `s` sigmoid, none for linear. The code is the narrowest layer, or the one marked with `*`, as in
   * `784 50t 8 4* 784`. The last layer is as wide as the input.
   */
  layers?: string;
  /** Default: that of the preset, or `"mse"`. With `"bce"`, a linear last layer becomes a sigmoid. */
  loss?: Loss;
  /** The activation of the last layer, overriding its letter. With the loss `"bce"` it can only be `"sigmoid"`. */
  readOut?: Activation;
  /**
   * Whether the code is variational, like a `~` in place of the `*`: `784 50t 2~ 50t 784`. `encode` then returns the mean, and
   * samples of a standard normal distribution decode to new examples.
   */
  variational?: boolean;
  /** The weight of the KL divergence of a variational code. Default: 1. */
  beta?: number;
  /** Default: `"none"`. The target is the clean input: a denoising autoencoder. */
  corruption?: Corruption;
  /** The probability of masking, or the standard deviation of the noise. Default: 0.3. */
  corruptionAmount?: number;
  /** Default: that of the preset, or `"adam"`. */
  optimizer?: Optimizer;
  /** The coefficient of `momentum` and `nesterov`. */
  momentum?: number;
  /** The decay rate of `rmsprop` and `adadelta`. */
  rho?: number;
  /** The decay rates of `adam` and `adamw`. */
  beta1?: number;
  beta2?: number;
  /** The term that prevents division by zero in `adagrad`, `rmsprop`, `adadelta`, `adam` and `adamw`. */
  epsilon?: number;
  /** The decoupled weight decay of `adamw`. */
  weightDecay?: number;
  /** The initial weights: `"glorot"`, `"he"`, `"fan-in"`, or `"truncated:0.1"` with a standard deviation. */
  init?: string;
  /** The initial biases. */
  bias?: number;
  /** The coefficients of L1 and L2 decay, relative to the `"mean"` gradient of a batch or its `"sum"`. */
  l1?: number;
  l2?: number;
  decay?: "mean" | "sum";
  /** At least 0. Default: that of the preset or of the optimizer. */
  learningRate?: number;
  /** Default: `"constant"`. */
  schedule?: Schedule;
  /** The step at which the cosine reaches zero. Default: 10000. */
  scheduleSteps?: number;
  /** The seed of the initial parameters and the noise, an integer. Default: 0. */
  seed?: number;
}

/** The config of a new `Autoencoder`: settings with layers or a preset. */
export type AutoencoderConfig = AutoencoderSettings & ({ layers: string } | { preset: Preset });

/** The training settings of an `Autoencoder` that was loaded from JSON or safetensors. */
export type TrainingSettings = Omit<
  AutoencoderSettings,
  "layers" | "readOut" | "variational" | "beta" | "init" | "bias" | "seed"
>;

/** A network as ConvNetJS's `net.toJSON()` returns it and its `net.fromJSON()` takes it. */
export interface ConvNetJSNetwork {
  layers: ConvNetJSLayer[];
}

/** A layer of such a network: `input`, then `fc` layers, each optionally followed by `tanh`, `relu` or `sigmoid`, then `regression`. */
export interface ConvNetJSLayer {
  layer_type: string;
  out_sx: number;
  out_sy: number;
  out_depth: number;
  num_inputs?: number;
  l1_decay_mul?: number;
  l2_decay_mul?: number;
  /** The weights of an `fc` layer, by output. */
  filters?: ConvNetJSVol[];
  biases?: ConvNetJSVol;
}

/** An array of values, keyed by index. */
export interface ConvNetJSVol {
  sx: number;
  sy: number;
  depth: number;
  w: Record<number, number>;
}

/** Examples, one after the other: bytes from 0 to 255, or numbers from 0 to 1. A plain array is read slowly. */
export type Examples = Uint8Array | Uint8ClampedArray | ArrayBuffer | Float32Array | Float64Array | readonly number[];

/** Codes, one after the other. */
export type Codes = Float32Array | Float64Array | readonly number[];

/** The options of `fit`. */
export interface FitOptions {
  /** The number of examples in a batch; the last one of an epoch may be smaller. Default: 50. */
  batch?: number;
  /** How often to train on every example. Default: 1. */
  epochs?: number;
  /** Whether the order of the examples changes from epoch to epoch, as the seed says. Default: true. */
  shuffle?: boolean;
  /** Called about every 10 ms, and at the end of each epoch. If it returns a promise, training waits for it. */
  onProgress?: (progress: FitProgress) => unknown;
  /** An `AbortSignal`. */
  signal?: { readonly aborted: boolean };
}

/** The progress of `fit`. */
export interface FitProgress {
  /** The epoch, counted from 1. */
  epoch: number;
  /** The number of steps since `fit` was called. */
  step: number;
  /** The number of steps at the end. */
  steps: number;
  /** The mean loss of the examples of this epoch so far, each before the step on it. */
  loss: number;
}

/** An `ImageData`, a canvas, or an `ImageBitmap`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** The pixels of an `ImageData`: red, green, blue and alpha. */
  readonly data?: object;
}

declare global {
  // Of `using`, which needs a library newer than ES2022.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}
