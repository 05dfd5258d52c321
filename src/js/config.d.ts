/**
 * A preset: `modern` and `deep` are ours, `blog` and `karpathy` those of the two originals, and `hinton` is the network of
 * Hinton and Salakhutdinov (2006).
 */
export type Preset = "modern" | "deep" | "blog" | "karpathy" | "hinton";

/** What is minimised: squared errors (their mean, or half their sum for each example) or binary cross-entropy. */
export type Loss = "mse" | "half-sum-squared" | "bce";

/** What is done to the input before the network sees it: numbers become zero, or Gaussian noise is added. */
export type Corruption = "none" | "masking" | "gaussian";

/** How the learning rate goes on: as it is, or along a cosine to zero. */
export type Schedule = "constant" | "cosine";

/** How gradients become steps. */
export type Optimizer =
  | "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw";

/** The settings of an `Autoencoder`. */
export interface AutoencoderSettings {
  /** Brings values for all the others, which can be overridden. */
  preset?: Preset;
  /**
   * The number of inputs, then for each layer that of its outputs and a letter for its activation: `t` tanh, `r` ReLU,
   * `l` leaky ReLU, `s` sigmoid, none for linear. The narrowest layer is the code, or else the one marked with `*`, as
   * in `784 50t 8 4* 784`; the last is as wide as the input.
   */
  layers?: string;
  /** `"mse"` if neither this nor a preset is given. With `"bce"` the last layer is a sigmoid, also if it
   * is written as linear. */
  loss?: Loss;
  /** The activation of the last layer, in place of the one that its letter tells: `"linear"`, `"relu"` or `"sigmoid"`. */
  readOut?: string;
  /**
   * Whether the code is Gaussian, as a `~` in place of the `*` says, too: `784 50t 2~ 50t 784`. `encode` then gives its mean,
   * and numbers from a standard normal distribution decode to new examples.
   */
  variational?: boolean;
  /** The weight of the divergence of a variational code from the standard normal distribution; 1 if it is not given. */
  beta?: number;
  /** `"none"` if it is not given. The target is the clean input, so that the network learns to put it right. */
  corruption?: Corruption;
  /** The probability of masking, or the standard deviation of the noise; 0.3 if it is not given. */
  corruptionAmount?: number;
  /** `"adam"` if neither this nor a preset is given. */
  optimizer?: Optimizer;
  /** The constant of the optimizers `momentum` and `nesterov`. */
  momentum?: number;
  /** The constant of `rmsprop` and `adadelta`. */
  rho?: number;
  /** The constants of `adam` and `adamw`. */
  beta1?: number;
  beta2?: number;
  /** What keeps `adagrad`, `rmsprop`, `adadelta`, `adam` and `adamw` from dividing by zero. */
  epsilon?: number;
  /** The decoupled weight decay of `adamw`. */
  weightDecay?: number;
  /** How weights begin: `"glorot"`, `"he"`, `"fan-in"`, or `"truncated:0.1"` with a standard deviation. */
  init?: string;
  /** What biases begin with. */
  bias?: number;
  /** The strengths of L1 and L2 decay, and what they are relative to: the `"mean"` gradient of a batch or its `"sum"`. */
  l1?: number;
  l2?: number;
  decay?: "mean" | "sum";
  /** From 0 on. If neither this nor a preset is given, one that is usual for the optimizer. */
  learningRate?: number;
  /** `"constant"` if it is not given. */
  schedule?: Schedule;
  /** The step at which a cosine has come to zero; 10000 if it is not given. */
  scheduleSteps?: number;
  /** A whole number, from which the first parameters and all noise are drawn; 0 if it is not given. */
  seed?: number;
}

/** What an `Autoencoder` is made from: settings with the layers or a preset. */
export type AutoencoderConfig = AutoencoderSettings & ({ layers: string } | { preset: Preset });

/** How an `Autoencoder` that was made elsewhere is trained on. */
export type TrainingSettings = Omit<
  AutoencoderSettings,
  "layers" | "readOut" | "variational" | "beta" | "init" | "bias" | "seed"
>;

/** A network as ConvNetJS's `net.toJSON()` gives it and its `net.fromJSON()` takes it. */
export interface ConvNetJSNetwork {
  layers: ConvNetJSLayer[];
}

/** A layer of such a network: `input`, then `fc`, each with `tanh`, `relu` or `sigmoid` after it or not, then `regression`. */
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

/** Numbers, keyed by index. */
export interface ConvNetJSVol {
  sx: number;
  sy: number;
  depth: number;
  w: Record<number, number>;
}
