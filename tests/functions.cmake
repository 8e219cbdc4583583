# A Criterion worker that leaks prints a report and still passes (2.4.1), so ctest reads the text.
set(sanitizer_words "LeakSanitizer|AddressSanitizer|ThreadSanitizer|runtime error:|definitely lost")

# The tests of the pure layers, whose coverage is measured.
add_custom_target(pure_tests)
function(of_pure_layer test program)
    add_dependencies(pure_tests ${program})
    set_tests_properties(${test} PROPERTIES LABELS pure)
endfunction()

# add_unit_test(test_x lib...): tests/unit/test_x.c, linked to the libraries under test.
function(add_unit_test name)
    if(NOT KUAIFAN_UNIT_TESTS)
        return()
    endif()
    add_executable(${name} ${CMAKE_SOURCE_DIR}/tests/unit/${name}.c)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE house_rules ${ARGN} criterion)
    add_test(NAME unit/${name} COMMAND ${name} --ascii WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(unit/${name} PROPERTIES FAIL_REGULAR_EXPRESSION "${sanitizer_words}")
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE layer)
    if(layer MATCHES "^(geo|proto|engine/core)$")
        of_pure_layer(unit/${name} ${name})
    endif()
endfunction()

# add_bench(bench_x lib...): tests/bench/bench_x.c; never run by ctest, it prints figures. Built by
# the target `benches`, not with everything else.
add_custom_target(benches)
function(add_bench name)
    add_executable(${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/bench/${name}.c)
    add_dependencies(benches ${name})
    set_target_properties(${name} PROPERTIES C_EXTENSIONS ON # clock_gettime
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    target_link_libraries(${name} PRIVATE house_rules ${ARGN})
endfunction()

# add_fuzz(fuzz_x lib...): tests/fuzz/fuzz_x.c with its corpus in tests/fuzz/corpus/x.
function(add_fuzz name)
    if(NOT KUAIFAN_FUZZ)
        return()
    endif()
    string(REPLACE "fuzz_" "" short ${name})
    add_executable(${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.c)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    target_link_libraries(${name} PRIVATE house_rules ${ARGN})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz/found/${short})
    add_test(NAME fuzz/${short} COMMAND ${name} -runs=100000 -max_total_time=20 -max_len=4096 -seed=1
        ${CMAKE_BINARY_DIR}/fuzz/found/${short} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${short})
endfunction()
