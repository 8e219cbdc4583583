/* bench_names FILE.kfmap | --synthetic COUNT: what a keystroke of the search costs. Names are typed
 * byte by byte, as they are spelled and in every other spelling that has a key; each beginning is
 * asked once. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, clock_gettime */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "geo/import/geo_import.h"

#define TYPED_MAX 20000u

static uint64_t seed = 20260801;

static uint32_t below(uint32_t count)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % count);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        *size = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*size);
        if (bytes != NULL && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return bytes;
}

/* Streets of two to four Han syllables with the usual endings, a hundred metres apart. */
static int make_synthetic(const char *path, uint32_t count)
{
    static const char *const parts[] = {"中", "山", "孙", "文", "石", "岐", "东", "西", "南", "北",
                                        "兴", "华", "康", "富", "湖", "滨", "安", "乐", "长", "江",
                                        "岭", "沙", "溪", "港", "口", "横", "栏", "古", "镇", "坦"};
    static const char *const endings[] = {"路", "大道", "街", "巷", "小学", "花园", "新村", "广场"};
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return 1;
    }
    (void)fprintf(file, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (uint32_t i = 0; i < count; i++) {
        const double lat = 22.0 + (double)(i / 500) * 0.001;
        const double lon = 113.0 + (double)(i % 500) * 0.001;
        (void)fprintf(file,
                      "%s{\"type\":\"Feature\",\"properties\":{\"highway\":\"residential\","
                      "\"name\":\"",
                      i == 0 ? "" : ",");
        for (uint32_t k = 2 + below(3); k > 0; k--) {
            (void)fprintf(file, "%s", parts[below(30)]);
        }
        (void)fprintf(file,
                      "%s%u\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
                      "[[%.6f,%.6f],[%.6f,%.6f]]}}",
                      endings[below(8)], i % 97, lon, lat, lon + 0.0005, lat);
    }
    (void)fprintf(file, "]}");
    return fclose(file);
}

static int compare(const void *a, const void *b)
{
    const uint64_t one = *(const uint64_t *)a;
    const uint64_t other = *(const uint64_t *)b;
    return (one > other) - (one < other);
}

static uint64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int ask(const struct geo_map *map)
{
    static uint64_t times[TYPED_MAX];
    uint32_t count = 0;
    uint64_t found_sum = 0;
    while (count < TYPED_MAX && map->name_key_count > 0) {
        const struct geo_name_key *key = &map->name_keys[below(map->name_key_count)];
        const char *whole = map->text + key->text;
        for (size_t size = 1; size <= strlen(whole) && size < 24 && count < TYPED_MAX; size++) {
            char typed[32];
            uint32_t found[10];
            if (((unsigned char)whole[size] & 0xC0u) == 0x80u) {
                continue; /* within a character */
            }
            (void)snprintf(typed, sizeof typed, "%.*s", (int)size, whole);
            const uint64_t before = now_ns();
            found_sum += geo_map_find_name(map, typed, found, 10);
            times[count++] = now_ns() - before;
        }
    }
    if (count == 0) {
        (void)printf("no names\n");
        return 1;
    }
    qsort(times, count, sizeof times[0], compare);
    (void)printf("%u names, %u keys, %u keystrokes, %" PRIu64 " answers\n", map->name_count,
                 map->name_key_count, count, found_sum);
    (void)printf("keystroke p50 %.1f us, p99 %.1f us, longest %.1f us\n",
                 (double)times[count / 2] / 1e3, (double)times[count / 100 * 99] / 1e3,
                 (double)times[count - 1] / 1e3);
    return 0;
}

static int run(const char *path)
{
    size_t size = 0;
    struct geo_map map;
    uint8_t *bytes = read_file(path, &size);
    int answer = 1;
    if (bytes == NULL || geo_map_open(bytes, size, &map, NULL) != GEO_OK) {
        (void)fprintf(stderr, "bench_names: %s is no map of this version\n", path);
    } else {
        answer = ask(&map);
    }
    free(bytes);
    return answer;
}

static int run_synthetic(uint32_t count)
{
    char folder[] = "/tmp/kuaifan_names_XXXXXX";
    char input[64];
    char output[64];
    static struct geo_import_report report;
    int answer = 1;
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    (void)snprintf(input, sizeof input, "%s/names.geojson", folder);
    (void)snprintf(output, sizeof output, "%s/names.kfmap", folder);
    const struct geo_import_options options = {.input_path = input, .output_path = output};
    if (make_synthetic(input, count) != 0) {
        (void)fprintf(stderr, "bench_names: cannot write %s\n", input);
    } else if (geo_import_run(&options, &report) != GEO_OK) {
        (void)fprintf(stderr, "bench_names: %s\n", report.error);
    } else {
        answer = run(output);
    }
    (void)unlink(input);
    (void)unlink(output);
    (void)rmdir(folder);
    return answer;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--synthetic") == 0) {
        return run_synthetic((uint32_t)strtoul(argv[2], NULL, 10));
    }
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_names FILE.kfmap | --synthetic COUNT\n");
        return 2;
    }
    return run(argv[1]);
}
