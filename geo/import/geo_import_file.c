#include "geo/import/geo_import_file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/import/geo_import_report.h"

#define ALIGNMENT 64u
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structs are written as they lie");

static uint64_t aligned(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static uint64_t bytes_of(const struct geo_import_section *section)
{
    return section->count * section->item_size;
}

/* Fill the table and what the header says of it. */
static void lay_out(const struct geo_import_section sections[], uint32_t count,
                    struct geo_map_section table[], struct geo_map_header *header)
{
    uint64_t sums[GEO_MAP_SECTION_MAX] = {0};
    uint64_t at = aligned(sizeof *header + count * sizeof *table);
    for (uint32_t i = 0; i < count; i++) {
        const size_t size = (size_t)bytes_of(&sections[i]);
        sums[i] = geo_checksum(sections[i].items, size);
        table[i] = (struct geo_map_section){.kind = (uint32_t)sections[i].kind,
                                            .item_size = sections[i].item_size,
                                            .offset = at,
                                            .count = sections[i].count,
                                            .checksum = sums[i]};
        at = aligned(at + size);
    }
    header->magic = GEO_MAP_MAGIC;
    header->version = GEO_MAP_VERSION;
    header->section_count = count;
    header->file_size = at;
    header->table_checksum = geo_checksum((const uint8_t *)table, count * sizeof *table);
    header->map_id = geo_checksum((const uint8_t *)sums, count * sizeof *sums);
}

static bool put(FILE *file, const void *bytes, uint64_t size)
{
    static const uint8_t zeros[ALIGNMENT];
    const size_t rest = (size_t)(aligned(size) - size);
    return (size == 0 || fwrite(bytes, 1, (size_t)size, file) == size) &&
           (rest == 0 || fwrite(zeros, 1, rest, file) == rest);
}

/* Header and table take `table_size` bytes and are aligned as one. */
static bool put_all(FILE *file, const struct geo_import_section sections[],
                    const struct geo_map_header *header, const struct geo_map_section table[])
{
    bool good = put(file, header, sizeof *header) &&
                put(file, table, header->section_count * sizeof *table);
    for (uint32_t i = 0; i < header->section_count && good; i++) {
        good = put(file, sections[i].items, bytes_of(&sections[i]));
    }
    /* On disk before the rename: a name must never come to point at half a file. */
    return good && fflush(file) == 0 && fsync(fileno(file)) == 0;
}

static enum geo_status write_part(const char *part_path, const struct geo_import_section sections[],
                                  const struct geo_map_header *header,
                                  const struct geo_map_section table[],
                                  struct geo_import_report *report)
{
    FILE *file = fopen(part_path, "wb");
    if (file == NULL) {
        return geo_import_report_io(report, part_path, "cannot create");
    }
    errno = 0;
    bool good = put_all(file, sections, header, table);
    int why = errno;
    if (fclose(file) != 0 && good) {
        why = errno;
        good = false;
    }
    if (!good) {
        (void)remove(part_path);
        errno = why;
        return geo_import_report_io(report, part_path, "cannot write the map");
    }
    return GEO_OK;
}

enum geo_status geo_import_file_write(const char *path, const struct geo_import_section sections[],
                                      uint32_t section_count, const struct geo_map_header *bounds,
                                      struct geo_import_report *report)
{
    assert(section_count <= GEO_MAP_SECTION_MAX);
    struct geo_map_section table[GEO_MAP_SECTION_MAX] = {0};
    struct geo_map_header header = {.south_e7 = bounds->south_e7,
                                    .west_e7 = bounds->west_e7,
                                    .north_e7 = bounds->north_e7,
                                    .east_e7 = bounds->east_e7};
    lay_out(sections, section_count, table, &header);
    const size_t size = strlen(path) + sizeof ".part";
    char *part_path = malloc(size);
    if (part_path == NULL) {
        return GEO_NO_MEMORY;
    }
    (void)snprintf(part_path, size, "%s.part", path);
    enum geo_status status = write_part(part_path, sections, &header, table, report);
    if (status == GEO_OK && rename(part_path, path) != 0) {
        status = geo_import_report_io(report, path, "cannot rename the finished map to this");
        (void)remove(part_path);
    }
    free(part_path);
    report->file_bytes = header.file_size;
    report->map_id = header.map_id;
    for (uint32_t i = 0; i < section_count; i++) {
        report->section_bytes[sections[i].kind] = bytes_of(&sections[i]);
    }
    return status;
}
