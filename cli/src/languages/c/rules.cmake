# Written by plugwright: what plugins and libraries are called, and how the latter are made.
foreach(LANG C CXX)
  set(CMAKE_EXECUTABLE_SUFFIX_${LANG} .wasm)
  set(CMAKE_${LANG}_ARCHIVE_CREATE "\"${ZIG}\" ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${LANG}_ARCHIVE_APPEND "\"${ZIG}\" ar q <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${LANG}_ARCHIVE_FINISH "")
endforeach()
