#ifdef __x86_64__
KERN(avx512)
KERN(avx2)
#endif
KERN(plain)
