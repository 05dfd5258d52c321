//! Networks in other libraries' files, which are not read: what they are, and the lines of Python that convert them.

/// Says what a network's file is, by its name, and how to convert it; none for other names. The second half of a sentence.
pub fn describe_foreign(name: &str) -> Option<String> {
    let name = crate::nn::quoted(name.rsplit('/').next().unwrap_or(name), 60);
    let lower = name.to_ascii_lowercase();
    let (stem, extension) = lower.rsplit_once('.')?;
    let is_model = stem.contains("model");
    let (what, load) = match extension {
        "pt" | "pth" | "ckpt" | "bin" if extension != "bin" || is_model => (
            "a PyTorch pickle",
            "import torch; from safetensors.torch import save_file\n\
             state = torch.load('FILE', map_location='cpu', weights_only=False); state = getattr(state, 'state_dict', lambda: state)()\n\
             save_file({k: v.contiguous() for k, v in state.get('state_dict', state).items()}, 'model.safetensors')",
        ),
        "keras" => (
            "HDF5, from Keras",
            "import keras; model = keras.models.load_model('FILE', compile=False)\nLAYERS",
        ),
        "json" if stem == "model" => (
            "TensorFlow.js’s model",
            "import json, numpy; from safetensors.numpy import save_file\n\
             groups = json.load(open('FILE'))['weightsManifest']; specs = [w for g in groups for w in g['weights']]\n\
             data = numpy.frombuffer(b''.join(open(p, 'rb').read() for g in groups for p in g['paths']), 'f4')\n\
             ends = numpy.cumsum([numpy.prod(w['shape'], dtype=int) for w in specs])\n\
             save_file({w['name'].replace('/kernel', '.weight').replace('/bias', '.bias'): \
             numpy.ascontiguousarray(v.reshape(w['shape']).T) for w, v in zip(specs, numpy.split(data, ends))}, 'model.safetensors')",
        ),
        "onnx" => (
            "ONNX",
            "import onnx; from onnx.numpy_helper import to_array; from safetensors.numpy import save_file\n\
             tensors = {t.name: to_array(t) for t in onnx.load('FILE').graph.initializer}\n\
             save_file({k: v.copy() for k, v in tensors.items()}, 'model.safetensors')",
        ),
        _ => return None,
    };
    let layers = "import numpy; from safetensors.numpy import save_file; \
                  layers = [l for l in model._flatten_layers() if type(l).__name__ == 'Dense']\n\
                  save_file({f'fc{i}.{n}': numpy.ascontiguousarray(w.T) for i, l in enumerate(layers) \
                  for n, w in zip(('weight', 'bias'), l.get_weights())}, 'model.safetensors')";
    let lines = load.replace("LAYERS", layers).replace("FILE", &name).replace('\n', "; ");
    Some(format!("is {what}. Write a .safetensors in Python, and drop that: {lines}"))
}
