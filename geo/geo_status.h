#ifndef GEO_GEO_STATUS_H
#define GEO_GEO_STATUS_H

/* What a geo operation may answer when the world, not the programmer, got in the way. */
#define GEO_STATUS_LIST(X)                                                                         \
    X(GEO_OK, "ok")                                                                                \
    X(GEO_NO_MEMORY, "out of memory")                                                              \
    X(GEO_FULL, "a fixed limit was reached")                                                       \
    X(GEO_NOT_FOUND, "nothing is near enough")                                                     \
    X(GEO_BAD_INPUT, "the input breaks the format")                                                \
    X(GEO_BAD_MAGIC, "this is not a kuaifan map file")                                             \
    X(GEO_BAD_VERSION, "the map file has another format version; import the city again")           \
    X(GEO_TRUNCATED, "the map file is shorter than its header says; import the city again")        \
    X(GEO_BAD_CHECKSUM, "the map file is damaged; import the city again")                          \
    X(GEO_BAD_SECTION,                                                                             \
      "a section of the map file is missing or out of bounds; import the city again")              \
    X(GEO_IO, "the file could not be read or written")                                             \
    X(GEO_BUSY, "the roads are being weighed anew; ask again")

#define GEO_STATUS_ENUM(name, text) name,
enum geo_status { GEO_STATUS_LIST(GEO_STATUS_ENUM) GEO_STATUS_COUNT };
#undef GEO_STATUS_ENUM

const char *geo_status_text(enum geo_status status);

#define GEO_MUST_CHECK __attribute__((warn_unused_result))

#endif
