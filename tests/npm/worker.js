import "bottleneck-autoencoder/worker";
