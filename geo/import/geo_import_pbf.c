#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "geo/import/geo_import_read.h"

/* The outer frame of an OSM PBF file (OSM wiki, "PBF Format"): blocks of a big-endian size, a
 * BlobHeader of that size, and a Blob of the size the header names. */

#define HEADER_BYTES_MAX 65536u
#define BLOB_BYTES_MAX   33554432u

struct blob_header {
    char type[16];
    uint64_t data_size;
};

static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
        const uint8_t byte = *(*at)++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

static bool read_blob_header(const uint8_t *bytes, size_t size, struct blob_header *header)
{
    const uint8_t *at = bytes;
    const uint8_t *end = bytes + size;
    *header = (struct blob_header){.data_size = UINT64_MAX};
    while (at < end) {
        uint64_t key = 0;
        uint64_t value = 0;
        if (!read_varint(&at, end, &key) || !read_varint(&at, end, &value)) {
            return false;
        }
        if (key == (3u << 3)) {
            header->data_size = value;
        } else if ((key & 7u) == 2u) {
            if (value > (uint64_t)(end - at)) {
                return false;
            }
            if (key == ((1u << 3) | 2u) && value < sizeof header->type) {
                memcpy(header->type, at, (size_t)value);
            }
            at += value;
        } else if ((key & 7u) != 0) {
            return false;
        }
    }
    return header->data_size <= BLOB_BYTES_MAX && header->type[0] != '\0';
}

static enum geo_status not_pbf(struct geo_import_source *source, const char *path)
{
    return geo_import_report_fail(source->report, GEO_BAD_INPUT, "%s: not an OSM PBF file", path);
}

static enum geo_status cut_off(struct geo_import_source *source, const char *path, long at)
{
    return geo_import_report_fail(
        source->report, GEO_BAD_INPUT,
        "%s: the file breaks off in the block at byte %ld; fetch it again", path, at);
}

static enum geo_status check_blocks(struct geo_import_source *source, const char *path, FILE *file,
                                    long file_size)
{
    uint8_t header_bytes[HEADER_BYTES_MAX];
    long at = 0;
    while (at < file_size) {
        uint8_t size_bytes[4];
        if (fread(size_bytes, 1, 4, file) != 4) {
            return at == 0 ? not_pbf(source, path) : cut_off(source, path, at);
        }
        const uint32_t size = (uint32_t)size_bytes[0] << 24 | (uint32_t)size_bytes[1] << 16 |
                              (uint32_t)size_bytes[2] << 8 | size_bytes[3];
        struct blob_header header;
        if (size == 0 || size > HEADER_BYTES_MAX) {
            return at == 0 ? not_pbf(source, path)
                           : geo_import_report_fail(source->report, GEO_BAD_INPUT,
                                                    "%s: damaged at byte %ld", path, at);
        }
        if (fread(header_bytes, 1, size, file) != size) {
            return at == 0 ? not_pbf(source, path) : cut_off(source, path, at);
        }
        if (!read_blob_header(header_bytes, size, &header) ||
            (at == 0 && strcmp(header.type, "OSMHeader") != 0)) {
            return at == 0 ? not_pbf(source, path)
                           : geo_import_report_fail(source->report, GEO_BAD_INPUT,
                                                    "%s: damaged at byte %ld", path, at);
        }
        const long next = at + 4 + (long)size + (long)header.data_size;
        if (next > file_size || fseek(file, next, SEEK_SET) != 0) {
            return cut_off(source, path, at);
        }
        at = next;
    }
    return GEO_OK;
}

enum geo_status geo_import_pbf_check(struct geo_import_source *source, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return geo_import_report_io(source->report, path, "cannot open");
    }
    long size = -1;
    if (fseek(file, 0, SEEK_END) == 0) {
        size = ftell(file);
        rewind(file);
    }
    const enum geo_status status = size < 0
                                       ? geo_import_report_io(source->report, path, "cannot read")
                                       : check_blocks(source, path, file, size);
    (void)fclose(file);
    return status;
}
