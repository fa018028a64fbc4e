#ifdef __x86_64__
KERN(avx512)
KERN(avx512_bf16)
KERN(avx2)
KERN(avx2_bf16)
#endif
#ifdef __aarch64__
KERN(neon)
KERN(neon_bf16)
#endif
KERN(plain)
KERN(plain_bf16)
