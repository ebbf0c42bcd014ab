include(CMakeFindDependencyMacro)
find_dependency(skt)
include(${CMAKE_CURRENT_LIST_DIR}/talkTargets.cmake)
