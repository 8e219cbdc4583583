# Peers that benchmarks run beside ours, where Debian's libraries are installed; never part of the
# product. C++ is asked for only here.
include(CheckLanguage)
check_language(CXX)
if(CMAKE_CXX_COMPILER)
    enable_language(CXX)
    find_path(PEER_BOOST_INCLUDE boost/geometry/index/rtree.hpp)
    find_path(PEER_S2_INCLUDE s2/s2point_index.h)
    find_library(PEER_S2_LIBRARY s2)
endif()

# point_peers: the peers' sources that can be built, peer_none.c for the rest.
add_library(point_peers STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/bench/peer_none.c)
target_include_directories(point_peers PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_options(point_peers PRIVATE -w) # their headers
if(PEER_BOOST_INCLUDE)
    target_sources(point_peers PRIVATE ${CMAKE_SOURCE_DIR}/tests/bench/peer_boost.cpp
        ${CMAKE_SOURCE_DIR}/tests/bench/peer_boost_areas.cpp)
    target_compile_definitions(point_peers PRIVATE HAVE_PEER_BOOST)
endif()
if(PEER_S2_INCLUDE AND PEER_S2_LIBRARY)
    target_sources(point_peers PRIVATE ${CMAKE_SOURCE_DIR}/tests/bench/peer_s2.cpp)
    target_compile_definitions(point_peers PRIVATE HAVE_PEER_S2)
    target_link_libraries(point_peers PRIVATE ${PEER_S2_LIBRARY})
endif()
set_target_properties(point_peers PROPERTIES CXX_STANDARD 17 INTERPROCEDURAL_OPTIMIZATION OFF)
