/* law_code_list.h - the laws of code: one row each, LAW_CODE(name) for the
 * constant law_code_name of type LawCode in law_code_name.c. */
LAW_CODE(multipower)
LAW_CODE(tissue)
