#ifndef ENGINE_HOST_MAP_FILE_H
#define ENGINE_HOST_MAP_FILE_H

#include "engine/core/status.h"
#include "geo/geo_map.h"

/* A copy of a map file in memory, header and section table checked. */
struct map_file {
    void *bytes;
    size_t size;
    struct geo_map map;
};

/* On failure `error` is a sentence that names the file and says what to do. */
MUST_CHECK enum status map_file_open(struct map_file *file, const char *path, char error[512]);
void map_file_close(struct map_file *file);

#endif
