ARCH(transformer)
ARCH(lstm)
