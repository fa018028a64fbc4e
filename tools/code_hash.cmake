# code_hash.cmake - the version of the code that decides what a run computes:
# a hash over the names and contents of its sources. Run ids hold it, so that
# the same sources give the same ids with or without git, and a change to a
# figure or a law gives no run another name.
#
#     cmake -DOUT=code.h -DROOT=. -DFILES=a.c;b.c -P code_hash.cmake
#
# With -DCUDA=build.h -DWORDS=... as well: what the CUDA backend says of its own
# build, which is no part of run ids.

set(all "")
list(SORT FILES)
foreach(file ${FILES})
    file(SHA256 ${ROOT}/${file} hash)
    string(APPEND all "${hash}  ${file}\n")
endforeach()
string(SHA256 hash "${all}")
string(SUBSTRING ${hash} 0 16 hash)
file(CONFIGURE OUTPUT ${OUT} CONTENT
"/* Made by tools/code_hash.cmake; not to be edited. */
#define SCALELAW_CODE \"${hash}\"
")
if(CUDA)
    string(SUBSTRING ${hash} 0 8 hash)
    string(REGEX REPLACE "^(nvcc [0-9.]+)," "\\1;" WORDS "${WORDS}")
    file(CONFIGURE OUTPUT ${CUDA} CONTENT
"/* Made by tools/code_hash.cmake; not to be edited. */
#define SCALELAW_CUDA_BUILD \"${WORDS}; sources ${hash}\"
")
endif()
