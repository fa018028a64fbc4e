/* law_vec_list.h - widest first. */
#ifdef __x86_64__
LAW_VEC(avx512)
LAW_VEC(avx2)
#endif
LAW_VEC(plain)
