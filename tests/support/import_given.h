#ifndef TESTS_SUPPORT_IMPORT_GIVEN_H
#define TESTS_SUPPORT_IMPORT_GIVEN_H

#include "geo/geo_map.h"
#include "geo/import/geo_import.h"

/* A city compiled for a test, in a directory of its own, and opened. */

#define IMPORT_PATH_SIZE 512u

struct import_given {
    char directory[IMPORT_PATH_SIZE];
    char output_path[IMPORT_PATH_SIZE];
    struct geo_import_report report;
    uint8_t *bytes; /* the map file; NULL: the import failed */
    size_t size;
    struct geo_map map;
};

void import_given_init(struct import_given *given);
void import_given_finish(struct import_given *given);

/* Import, and if that works open and verify; a file that cannot be read back ends the test. */
enum geo_status import_given_run(struct import_given *given, const char *input_path);

/* Write a file into the directory, then import it. */
enum geo_status import_given_text(struct import_given *given, const char *name, const char *text);
void import_given_write(struct import_given *given, const char *name, const void *bytes,
                        size_t size, char path[IMPORT_PATH_SIZE]);

/* Bytes of a file, with a NUL behind them; the caller frees. */
uint8_t *import_given_read(const char *path, size_t *size);

/* Does a file of this name stand in the directory? */
bool import_given_has(const struct import_given *given, const char *name);

/* How many edges have this name, and the last of them. */
uint32_t import_given_edges(const struct import_given *given, const char *name, uint32_t *edge);

/* splitmix64 */
uint64_t import_given_random(uint64_t *state);

#endif
