# Written by plugwright: compiles plugins with the compiler that it installed.
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_SIZEOF_VOID_P 4)
set(ZIG "@ZIG@")

# Which compiler it is, is known: to find it out takes a minute.
foreach(LANG C CXX)
  set(CMAKE_${LANG}_COMPILER_ID_RUN TRUE)
  set(CMAKE_${LANG}_COMPILER_ID Clang)
  set(CMAKE_${LANG}_COMPILER_VERSION 22.1.8)
  set(CMAKE_${LANG}_COMPILER_FRONTEND_VARIANT GNU)
  set(CMAKE_${LANG}_COMPILER_WORKS TRUE)
  set(CMAKE_${LANG}_ABI_COMPILED TRUE)
  set(CMAKE_${LANG}_SIZEOF_DATA_PTR 4)
  set(CMAKE_${LANG}_STANDARD_COMPUTED_DEFAULT 17)
  # Names of functions come with debug information, which is taken out afterwards.
  set(CMAKE_${LANG}_FLAGS_MINSIZEREL_INIT "-g")
  # What is undefined traps, with the names of the functions. A protector of the stack would need random numbers.
  set(CMAKE_${LANG}_FLAGS_DEBUG_INIT "-O1 -fsanitize-trap=undefined -fno-stack-protector")
endforeach()
set(CMAKE_C_COMPILER "${ZIG}" cc)
set(CMAKE_CXX_COMPILER "${ZIG}" c++)
set(CMAKE_C_FLAGS_INIT "-target wasm32-wasi @FLAGS@")
set(CMAKE_CXX_FLAGS_INIT "-target wasm32-wasi -fno-exceptions @FLAGS@")

# A small stack, which lies where an overflow traps.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-mexec-model=reactor -Wl,-z,stack-size=65536 -Wl,--gc-sections")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/rules.cmake")
