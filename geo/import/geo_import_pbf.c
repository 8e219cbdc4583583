#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "geo/import/geo_import_pbf_block.h"
#include "geo/import/geo_import_read.h"
#include "geo/import/geo_import_wire.h"

/* The outer frame of an OSM PBF file (OSM wiki, "PBF Format"; fileformat.proto): blocks of a
 * big-endian size, a BlobHeader of that size, and a Blob of the size the header names. */

#define SIZE_BYTES       4u
#define HEADER_BYTES_MAX 65536u
#define BLOB_BYTES_MAX   33554432u

enum { BLOB_HEADER_TYPE = 1, BLOB_HEADER_SIZE = 3 };
enum {
    BLOB_RAW = 1,
    BLOB_RAW_SIZE = 2,
    BLOB_ZLIB = 3,
    BLOB_LZMA = 4,
    BLOB_BZIP2 = 5,
    BLOB_LZ4 = 6,
    BLOB_ZSTD = 7
};

struct reader {
    struct geo_import_osm osm;
    struct geo_import_pbf_block block;
    FILE *file;
    const char *path;
    unsigned long long at;                /* where the block begins that is read */
    struct geo_import_list packed, plain; /* uint8_t: a block as it stands in the file; unpacked */
};

struct blob {
    char type[16];
    size_t size;
};

static struct geo_import_report *report_of(const struct reader *reader)
{
    return reader->osm.source->report;
}

static enum geo_status not_pbf(const struct reader *reader)
{
    return geo_import_report_fail(report_of(reader), GEO_BAD_INPUT, "%s: not an OSM PBF file",
                                  reader->path);
}

static enum geo_status damaged(const struct reader *reader, const char *what)
{
    return geo_import_report_fail(report_of(reader), GEO_BAD_INPUT,
                                  "%s: damaged in the block at byte %llu: %s", reader->path,
                                  reader->at, what);
}

static enum geo_status broke_off(const struct reader *reader)
{
    if (ferror(reader->file) != 0) {
        return geo_import_report_io(report_of(reader), reader->path, "cannot read");
    }
    return geo_import_report_fail(
        report_of(reader), GEO_BAD_INPUT,
        "%s: the file breaks off in the block at byte %llu; fetch it again", reader->path,
        reader->at);
}

static uint8_t *room(struct geo_import_list *list, size_t size)
{
    list->count = 0;
    return geo_import_list_append(list, NULL, size);
}

/* The next bytes of the file, into reader->packed. */
static enum geo_status read_bytes(struct reader *reader, size_t size)
{
    uint8_t *bytes = room(&reader->packed, size);
    if (bytes == NULL) {
        return GEO_NO_MEMORY;
    }
    return fread(bytes, 1, size, reader->file) == size ? GEO_OK : broke_off(reader);
}

static bool read_blob_header(const uint8_t *bytes, size_t size, struct blob *blob)
{
    struct geo_import_wire wire = geo_import_wire_of(bytes, size);
    struct geo_import_field field;
    bool has_size = false;
    *blob = (struct blob){.size = 0};
    while (geo_import_wire_field(&wire, &field)) {
        if (field.number == BLOB_HEADER_TYPE && field.is_bytes) {
            const size_t length = (size_t)(field.bytes.end - field.bytes.at);
            memcpy(blob->type, field.bytes.at,
                   length < sizeof blob->type ? length : sizeof blob->type - 1);
        } else if (field.number == BLOB_HEADER_SIZE && !field.is_bytes) {
            has_size = field.value <= BLOB_BYTES_MAX;
            blob->size = has_size ? (size_t)field.value : 0;
        }
    }
    return !wire.is_bad && has_size && blob->type[0] != '\0';
}

static const char *packing_name(uint64_t number)
{
    static const char *const names[] = {
        [BLOB_LZMA] = "lzma", [BLOB_BZIP2] = "bzip2", [BLOB_LZ4] = "lz4", [BLOB_ZSTD] = "zstd"};
    return number < sizeof names / sizeof names[0] ? names[number] : NULL;
}

static enum geo_status inflate_blob(struct reader *reader, struct geo_import_wire packed,
                                    uint64_t raw_size, struct geo_import_wire *plain)
{
    if (raw_size > BLOB_BYTES_MAX) {
        return damaged(reader, "more than 32 MiB when unpacked");
    }
    uint8_t *bytes = room(&reader->plain, (size_t)raw_size);
    if (bytes == NULL) {
        return GEO_NO_MEMORY;
    }
    uLongf got = (uLongf)raw_size;
    const int code = uncompress(bytes, &got, packed.at, (uLong)(packed.end - packed.at));
    if (code == Z_MEM_ERROR) {
        return GEO_NO_MEMORY;
    }
    if (code != Z_OK || got != raw_size) {
        return damaged(reader, "it cannot be unpacked");
    }
    *plain = geo_import_wire_of(bytes, (size_t)raw_size);
    return GEO_OK;
}

/* The blob, unpacked; good until the next one is read. */
static enum geo_status unpack(struct reader *reader, size_t size, struct geo_import_wire *plain)
{
    struct geo_import_wire wire = geo_import_wire_of(reader->packed.items, size);
    struct geo_import_field field;
    struct geo_import_field body = {.number = 0};
    uint64_t raw_size = 0;
    while (geo_import_wire_field(&wire, &field)) {
        if (field.number == BLOB_RAW_SIZE && !field.is_bytes) {
            raw_size = field.value;
        } else if (field.is_bytes) {
            body = field;
        }
    }
    if (wire.is_bad) {
        return damaged(reader, "it breaks off inside");
    }
    if (body.number == BLOB_RAW) {
        *plain = body.bytes;
        return GEO_OK;
    }
    if (body.number == BLOB_ZLIB) {
        return inflate_blob(reader, body.bytes, raw_size, plain);
    }
    if (packing_name(body.number) != NULL) {
        return geo_import_report_fail(report_of(reader), GEO_BAD_INPUT,
                                      "%s: packed with %s; only zlib is read (convert it with: "
                                      "osmium cat IN -o OUT.osm.pbf -f pbf,pbf_compression=zlib)",
                                      reader->path, packing_name(body.number));
    }
    return damaged(reader, "it holds no data");
}

static enum geo_status read_header(struct reader *reader, struct geo_import_wire plain)
{
    const enum geo_status status =
        geo_import_pbf_block_header(&reader->block, plain.at, (size_t)(plain.end - plain.at));
    if (reader->block.lacks != NULL) {
        return geo_import_report_fail(report_of(reader), GEO_BAD_INPUT,
                                      "%s: it needs a reader with \"%.40s\"; this one has "
                                      "OsmSchema-V0.6 and DenseNodes",
                                      reader->path, reader->block.lacks);
    }
    return reader->block.fault == NULL ? status : damaged(reader, reader->block.fault);
}

static enum geo_status read_data(struct reader *reader, struct geo_import_wire plain)
{
    const enum geo_status status =
        geo_import_pbf_block_read(&reader->block, plain.at, (size_t)(plain.end - plain.at));
    return reader->block.fault == NULL ? status : damaged(reader, reader->block.fault);
}

static enum geo_status read_blob(struct reader *reader, const struct blob *blob)
{
    struct geo_import_wire plain;
    enum geo_status status = read_bytes(reader, blob->size);
    const bool is_header = strcmp(blob->type, "OSMHeader") == 0;
    if (status != GEO_OK || (!is_header && strcmp(blob->type, "OSMData") != 0)) {
        return status; /* other kinds of blocks are for others */
    }
    status = unpack(reader, blob->size, &plain);
    if (status != GEO_OK) {
        return status;
    }
    return is_header ? read_header(reader, plain) : read_data(reader, plain);
}

/* What follows the size of a block's head. */
static enum geo_status read_block(struct reader *reader, uint32_t head_size)
{
    const bool is_first = reader->at == 0;
    struct blob blob = {.size = 0};
    if (head_size == 0 || head_size > HEADER_BYTES_MAX) {
        return is_first ? not_pbf(reader) : damaged(reader, "no such size");
    }
    enum geo_status status = read_bytes(reader, head_size);
    if (status != GEO_OK) {
        return status;
    }
    const bool is_head = read_blob_header(reader->packed.items, head_size, &blob);
    if (is_first && (!is_head || strcmp(blob.type, "OSMHeader") != 0)) {
        return not_pbf(reader);
    }
    if (!is_head) {
        return damaged(reader, "its head is none");
    }
    status = read_blob(reader, &blob);
    reader->at += SIZE_BYTES + head_size + blob.size;
    return status;
}

static enum geo_status read_blocks(struct reader *reader)
{
    uint8_t bytes[SIZE_BYTES];
    enum geo_status status = GEO_OK;
    size_t got = 0;
    while (status == GEO_OK && (got = fread(bytes, 1, SIZE_BYTES, reader->file)) == SIZE_BYTES) {
        status = read_block(reader, (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                                        (uint32_t)bytes[2] << 8 | bytes[3]);
    }
    if (status != GEO_OK || (got == 0 && feof(reader->file) != 0)) {
        return status;
    }
    return reader->at == 0 && ferror(reader->file) == 0 ? not_pbf(reader) : broke_off(reader);
}

enum geo_status geo_import_pbf_read(struct geo_import_source *source, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return geo_import_report_io(source->report, path, "cannot open");
    }
    struct reader reader = {.file = file,
                            .path = path,
                            .packed = GEO_IMPORT_LIST_OF(uint8_t),
                            .plain = GEO_IMPORT_LIST_OF(uint8_t)};
    geo_import_osm_init(&reader.osm, source);
    geo_import_pbf_block_init(&reader.block, &reader.osm, path);
    const enum geo_status status = read_blocks(&reader);
    geo_import_pbf_block_finish(&reader.block);
    geo_import_osm_finish(&reader.osm);
    geo_import_list_finish(&reader.packed);
    geo_import_list_finish(&reader.plain);
    (void)fclose(file);
    return status;
}
