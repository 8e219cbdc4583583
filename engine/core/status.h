#ifndef ENGINE_CORE_STATUS_H
#define ENGINE_CORE_STATUS_H

/* What an operation may answer when the world, not the programmer, got in the way.
 * One list feeds the enum, the names and the tests, so they cannot drift apart. */
#define STATUS_LIST(X)                                                                             \
    X(STATUS_OK, "ok")                                                                             \
    X(STATUS_NO_MEMORY, "out of memory")                                                           \
    X(STATUS_FULL, "a fixed limit was reached")                                                    \
    X(STATUS_STALE, "older than what is already known")                                            \
    X(STATUS_CORRUPT, "the data is damaged")                                                       \
    X(STATUS_NOT_FOUND, "there is no such thing")                                                  \
    X(STATUS_BUSY, "another process holds it")                                                     \
    X(STATUS_DISK_FULL, "the disk is full")                                                        \
    X(STATUS_READ_ONLY, "the file cannot be written")                                              \
    X(STATUS_IO, "the disk failed")                                                                \
    X(STATUS_VERSION, "written by another version")                                                \
    X(STATUS_DENIED, "not allowed")                                                                \
    X(STATUS_BAD_INPUT, "the input is not valid")                                                  \
    X(STATUS_CLOSED, "the other side is gone")

#define STATUS_ENUM(name, text) name,
enum status { STATUS_LIST(STATUS_ENUM) STATUS_COUNT };
#undef STATUS_ENUM

const char *status_text(enum status status);

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
