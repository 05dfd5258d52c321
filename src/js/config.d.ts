/** A preset: `fast` is ours, the others are those of the two originals. */
export type Preset = "fast" | "blog" | "karpathy";

/** What is minimised: squared errors (their mean, or half their sum for each example) or binary cross-entropy. */
export type Loss = "mse" | "half-sum-squared" | "bce";

/** How gradients become steps. */
export type Optimizer =
  | "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw";

/** The settings of an `Autoencoder`. */
export interface AutoencoderSettings {
  /** Brings values for all the others, which can be overridden. */
  preset?: Preset;
  /**
   * The number of inputs, then for each layer that of its outputs and a letter for its activation: `t` tanh, `r` ReLU,
   * `l` leaky ReLU, `s` sigmoid, none for linear. The narrowest layer is the bottleneck; the last is as wide as the input.
   */
  layers?: string;
  /** `"mse"` if neither this nor a preset is given. With `"bce"` the last layer should be linear: its outputs are logits. */
  loss?: Loss;
  /** `"adam"` if neither this nor a preset is given. */
  optimizer?: Optimizer;
  /** From 0 on. If neither this nor a preset is given, one that is usual for the optimizer. */
  learningRate?: number;
  /** A whole number, from which the first parameters are drawn; 0 if it is not given. */
  seed?: number;
}

/** What an `Autoencoder` is made from: settings with the layers or a preset. */
export type AutoencoderConfig = AutoencoderSettings & ({ layers: string } | { preset: Preset });

/** An `Autoencoder` as plain data: its settings and its parameters. */
export interface AutoencoderJSON extends Required<AutoencoderSettings> {
  /** All weights and biases, layer after layer, each weight `[inputs, outputs]` row by row before its bias. */
  parameters: number[];
}
