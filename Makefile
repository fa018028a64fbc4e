# A thin door to CMake, for those whose fingers type make.

all:
	cmake --preset release
	cmake --build build

check:
	./check

clean:
	rm -rf build build-debug build-clang build-san

.PHONY: all check clean
