#ifdef __x86_64__
KERN(avx512)
KERN(avx2)
#endif
#ifdef __aarch64__
KERN(neon)
#endif
KERN(plain)
