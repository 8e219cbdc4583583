#define _GNU_SOURCE
#include "tests/support/import_given.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void import_given_init(struct import_given *given)
{
    *given = (struct import_given){.bytes = NULL};
    const char *parent = getenv("TMPDIR");
    (void)snprintf(given->directory, sizeof given->directory, "%s/kuaifan_import_XXXXXX",
                   parent == NULL ? "/tmp" : parent);
    const char *made = mkdtemp(given->directory);
    assert(made != NULL);
    const int length =
        snprintf(given->output_path, sizeof given->output_path, "%s/city.kfmap", given->directory);
    assert(length > 0);
    assert((size_t)length < sizeof given->output_path);
}

static int remove_one(const char *path, const struct stat *state, int kind, struct FTW *walk)
{
    (void)state;
    (void)kind;
    (void)walk;
    return remove(path);
}

void import_given_finish(struct import_given *given)
{
    (void)nftw(given->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(given->bytes);
    given->bytes = NULL;
}

uint8_t *import_given_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert(file != NULL);
    (void)fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = aligned_alloc(64, (*size + 64) / 64 * 64);
    assert(bytes != NULL);
    const size_t got = fread(bytes, 1, *size, file);
    assert(got == *size);
    bytes[*size] = 0;
    (void)fclose(file);
    return bytes;
}

enum geo_status import_given_run(struct import_given *given, const char *input_path)
{
    const struct geo_import_options options = {.input_path = input_path,
                                               .output_path = given->output_path};
    free(given->bytes);
    given->bytes = NULL;
    const enum geo_status status = geo_import_run(&options, &given->report);
    if (status != GEO_OK) {
        return status;
    }
    given->bytes = import_given_read(given->output_path, &given->size);
    uint32_t section = 0;
    enum geo_status read = geo_map_open(given->bytes, given->size, &given->map, &section);
    assert(read == GEO_OK);
    read = geo_map_verify(&given->map, &section);
    assert(read == GEO_OK);
    return GEO_OK;
}

void import_given_write(struct import_given *given, const char *name, const void *bytes,
                        size_t size, char path[IMPORT_PATH_SIZE])
{
    const int length = snprintf(path, IMPORT_PATH_SIZE, "%s/%s", given->directory, name);
    assert(length > 0);
    assert(length < (int)IMPORT_PATH_SIZE);
    FILE *file = fopen(path, "wb");
    assert(file != NULL);
    const size_t put = fwrite(bytes, 1, size, file);
    assert(put == size);
    (void)fclose(file);
}

enum geo_status import_given_text(struct import_given *given, const char *name, const char *text)
{
    char path[IMPORT_PATH_SIZE];
    import_given_write(given, name, text, strlen(text), path);
    return import_given_run(given, path);
}

bool import_given_has(const struct import_given *given, const char *name)
{
    char path[IMPORT_PATH_SIZE];
    const int length = snprintf(path, sizeof path, "%s/%s", given->directory, name);
    return length > 0 && access(path, F_OK) == 0;
}

uint32_t import_given_edges(const struct import_given *given, const char *name, uint32_t *edge)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < given->map.edge_count; i++) {
        if (strcmp(given->map.text + given->map.edges[i].name, name) == 0) {
            *edge = i;
            count++;
        }
    }
    return count;
}

uint64_t import_given_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15U;
    uint64_t mixed = *state;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebU;
    return mixed ^ mixed >> 31;
}
