ARCH(transformer)
