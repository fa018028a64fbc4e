# cuda.cmake - the CUDA backend, twice of the same sources: by nvcc for devices
# (libscalelaw_cuda.so), and by g++ for the emulator of tests/cuda
# (libscalelaw_cuda_host.so, of tests alone). Neither is a language of CMake's,
# so that a machine without them configures as quickly and builds the rest.

option(SCALELAW_CUDA "the CUDA backend, where nvcc 12 or later is found" ON)

file(GLOB cuda_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/kern/cuda/*.cu)
file(GLOB cuda_all CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
     src/kern/cuda/*.cu src/kern/cuda/*.cuh)
list(TRANSFORM cuda_all PREPEND ${CMAKE_SOURCE_DIR}/
     OUTPUT_VARIABLE cuda_all_paths)

# FOLDER/build.h: what DeviceApi.build says. api.cu alone reads it, so that a
# change compiles what it changed.
function(cuda_build_header folder words)
    add_custom_command(
        OUTPUT  ${folder}/build.h
        COMMAND ${CMAKE_COMMAND} -DOUT=${folder}/code.h
                -DROOT=${CMAKE_SOURCE_DIR} "-DFILES=${cuda_all}"
                "-DWORDS=${words}" -DCUDA=${folder}/build.h
                -P ${CMAKE_SOURCE_DIR}/tools/code_hash.cmake
        DEPENDS ${CMAKE_SOURCE_DIR}/tools/code_hash.cmake ${cuda_all_paths}
        COMMENT "Hashing the CUDA backend's sources" VERBATIM)
endfunction()

# cuda_objects(OUT FOLDER SOURCES COMPILER...): one object a source.
function(cuda_objects out folder sources)
    file(MAKE_DIRECTORY ${folder})
    set(objects "")
    foreach(source ${sources})
        get_filename_component(name ${source} NAME)
        set(object ${folder}/${name}.o)
        set(more "")
        set(needs ${source})
        if(name STREQUAL "api.cu")
            set(more -include ${folder}/build.h)
            list(APPEND needs ${folder}/build.h)
        endif()
        add_custom_command(
            OUTPUT  ${object}
            COMMAND ${CMAKE_SOURCE_DIR}/tools/keep_log ${object}.log ${ARGN}
                    ${more} -MD -MF ${object}.d -c ${source} -o ${object}
            DEPENDS ${needs} ${CMAKE_SOURCE_DIR}/tools/keep_log
            DEPFILE ${object}.d
            COMMENT "Building ${name} in ${folder}" VERBATIM)
        list(APPEND objects ${object})
    endforeach()
    set(${out} ${objects} PARENT_SCOPE)
endfunction()

set(cuda_map ${CMAKE_SOURCE_DIR}/tools/scalelaw_cuda.map)

# --- By nvcc ----------------------------------------------------------------

function(cuda_device)
    find_program(SCALELAW_NVCC nvcc HINTS $ENV{CUDA_PATH}/bin
                 $ENV{CUDA_HOME}/bin /usr/local/cuda/bin)
    if(NOT SCALELAW_NVCC)
        message(STATUS "CUDA: no nvcc, so no backend for devices is built")
        return()
    endif()
    execute_process(COMMAND ${SCALELAW_NVCC} --version OUTPUT_VARIABLE said
                    ERROR_QUIET)
    string(REGEX MATCH "release ([0-9]+)\\.([0-9]+)" found "${said}")
    set(version ${CMAKE_MATCH_1}.${CMAKE_MATCH_2})
    if(NOT found OR version VERSION_LESS 12.0)
        message(STATUS "CUDA: ${SCALELAW_NVCC} is ${version}, and 12 is needed;"
                       " no backend for devices is built")
        return()
    endif()
    message(STATUS "CUDA: nvcc ${version} makes the backend for devices, which"
                   " takes it about a minute on one core"
                   " (-DSCALELAW_CUDA=OFF: without)")
    set(folder ${CMAKE_BINARY_DIR}/cuda)
    cuda_build_header(${folder} "nvcc ${version}, sm_80, sm_90a, PTX 8.0")
    set(strict "")
    if(SCALELAW_WERROR)
        set(strict -Werror all-warnings -Xcompiler -Werror)
    endif()
    cuda_objects(objects ${folder} "${cuda_sources}" ${SCALELAW_NVCC}
        -std=c++17 -O3 -I ${CMAKE_SOURCE_DIR}/src -lineinfo
        -gencode arch=compute_80,code=sm_80
        -gencode arch=compute_90a,code=sm_90a
        -gencode arch=compute_80,code=compute_80
        -Xcompiler -fPIC,-fvisibility=hidden,-Wall,-Wextra
        -Xptxas -v ${strict})
    set(so ${CMAKE_BINARY_DIR}/libscalelaw_cuda.so)
    add_custom_command(
        OUTPUT  ${so}
        COMMAND ${SCALELAW_NVCC} -shared -cudart static -o ${so} ${objects}
                -Xlinker --version-script=${cuda_map}
                -Xlinker --no-undefined -ldl
        DEPENDS ${objects} ${cuda_map}
        COMMENT "Linking libscalelaw_cuda.so" VERBATIM)
    add_custom_target(cuda ALL DEPENDS ${so})
    install(FILES ${so} DESTINATION ${CMAKE_INSTALL_LIBDIR}
            PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
                        GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endfunction()

if(SCALELAW_CUDA)
    cuda_device()
endif()

# --- By g++, for the emulator -------------------------------------------------

# libscalelaw_NAME.so of objects, and the target NAME for it.
function(cuda_host_link name objects)
    set(so ${CMAKE_BINARY_DIR}/libscalelaw_${name}.so)
    add_custom_command(
        OUTPUT  ${so}
        COMMAND ${SCALELAW_GXX} -shared -o ${so} ${objects}
                -Wl,--version-script=${cuda_map} -Wl,--no-undefined
                -static-libstdc++ -static-libgcc -lpthread -ldl -lm
        DEPENDS ${objects} ${cuda_map}
        COMMENT "Linking libscalelaw_${name}.so" VERBATIM)
    add_custom_target(${name} DEPENDS ${so})
endfunction()

# Never sanitized: threads of a block are stacks that a sanitizer knows nothing
# of. It traps where an address is not aligned as a device would ask.
function(cuda_host)
    find_program(SCALELAW_GXX g++)
    if(NOT SCALELAW_GXX OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES
       "x86_64|AMD64|aarch64|ARM64|arm64")
        message(STATUS "CUDA: no g++ for x86-64 or 64-bit ARM, so nothing is"
                       " emulated, and tests of it are skipped")
        return()
    endif()
    set(strict "")
    if(SCALELAW_WERROR)
        set(strict -Werror)
    endif()
    set(folder ${CMAKE_BINARY_DIR}/cuda_host)
    cuda_build_header(${folder} "g++, emulated")
    set(compiler ${SCALELAW_GXX} -x c++ -std=c++17 -O2 -g -fPIC
        -fvisibility=hidden -Wall -Wextra ${strict}
        -fno-math-errno -fno-trapping-math
        # The leak checker takes thread-local data that a library has on the heap
        # for what an older libc laid there, and reads at address 25.
        -ftls-model=initial-exec
        -I ${CMAKE_SOURCE_DIR}/src -I ${CMAKE_SOURCE_DIR}/tests/cuda)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        # Else a kernel does not begin with what tells its bounds.
        list(APPEND compiler -fcf-protection=none)
        # These objects never leave this machine.
        set(flags "")
        if(EXISTS /proc/cpuinfo)
            file(STRINGS /proc/cpuinfo flags REGEX "^flags" LIMIT_COUNT 1)
        endif()
        if(flags MATCHES " fma " AND flags MATCHES " avx2 ")
            list(APPEND compiler -mfma -mavx2)
        endif()
    endif()
    file(GLOB emulator CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/cuda/host_*.cpp)
    cuda_objects(host ${folder} "${emulator}" ${compiler})
    cuda_objects(test ${folder}
        ${CMAKE_SOURCE_DIR}/tests/cuda/emulator_test.cpp ${compiler}
        -I ${CMAKE_SOURCE_DIR}/tests)
    cuda_objects(objects ${folder} "${cuda_sources}" ${compiler}
        -fsanitize=alignment -fsanitize-undefined-trap-on-error)
    cuda_host_link(cuda_host "${objects};${host}")

    # Once more, telling of each access to memory: host_race.cpp looks for races.
    if(NOT SCALELAW_SANITIZE)
        set(folder ${CMAKE_BINARY_DIR}/cuda_races)
        cuda_build_header(${folder} "g++, emulated, races looked for")
        list(APPEND compiler -fsanitize=thread
             --param tsan-instrument-func-entry-exit=0)
        cuda_objects(objects ${folder} "${cuda_sources}" ${compiler})
        cuda_host_link(cuda_races "${objects};${host}")
        add_dependencies(cuda_races cuda_host) # whose objects are made once
        cuda_objects(race_test ${folder}
            ${CMAKE_SOURCE_DIR}/tests/cuda/race_test.cpp ${compiler}
            -I ${CMAKE_SOURCE_DIR}/tests)
        set(race_test ${race_test} ${host} PARENT_SCOPE) # objects
    endif()
    set(emulator_test ${test} ${host} PARENT_SCOPE) # objects
endfunction()

cuda_host()
