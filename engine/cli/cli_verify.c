#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/core/event_codec.h"
#include "engine/host/clock.h"
#include "engine/host/config.h"
#include "engine/host/map_file.h"
#include "engine/store/photo_file.h"
#include "engine/store/recovery.h"

extern char **environ;

int cli_verify_map(int argc, char *argv[])
{
    if (argc != 1) {
        fprintf(stderr, "usage: kuaifan verify-map FILE.kfmap\n");
        return 2;
    }
    struct map_file file;
    char error[512];
    if (map_file_open(&file, argv[0], error) != STATUS_OK) {
        fprintf(stderr, "kuaifan: %s\n", error);
        return 1;
    }
    uint32_t section = 0;
    const enum geo_status status = geo_map_verify(&file.map, &section);
    if (status == GEO_OK) {
        printf("%s: sound: %u nodes, %u edges, %u names, %u tiles, %zu bytes, id %016llx\n",
               argv[0], file.map.node_count, file.map.edge_count, file.map.name_count,
               file.map.tile_count, file.map.size, (unsigned long long)file.map.header->map_id);
    } else {
        fprintf(stderr, "kuaifan: %s: %s (section %u)\n", argv[0], geo_status_text(status),
                section);
    }
    map_file_close(&file);
    return status == GEO_OK ? 0 : 1;
}

/* Photos that the record names: whether each lies where it must, as it was. */
struct photo_check {
    const char *directory;
    struct event event;
    unsigned long long count, bad;
};

static bool check_photo(void *context, const struct event_record *record, const uint8_t *body)
{
    struct photo_check *check = context;
    struct event *event = &check->event;
    event->kind = record->kind;
    if (record->kind != EVENT_PHOTO_ADDED || body == NULL) { /* erased by law: so is the photo */
        return true;
    }
    check->count++;
    if (event_codec_decode(event, body, record->body_size) != STATUS_OK) {
        check->bad++;
        fprintf(stderr, "kuaifan: event %llu names a photo, but cannot be read\n",
                (unsigned long long)record->seq);
        return true;
    }
    uint8_t *bytes = NULL;
    size_t size = 0;
    char error[STORE_ERROR_SIZE] = "";
    const enum status status = photo_file_read(check->directory, event->photo.hash,
                                               PHOTO_FILE_BYTES_MAX, &bytes, &size, error);
    if (status != STATUS_OK) {
        check->bad++;
        fprintf(stderr, "kuaifan: photo of incident %u (event %llu): %s%s\n",
                event->photo.incident_id, (unsigned long long)record->seq,
                status == STATUS_NOT_FOUND ? "missing: " : "", error);
    }
    free(bytes);
    return true;
}

/* 0: all are there and as they were. */
static int verify_photos(const char *path, const char *directory, unsigned long long *count)
{
    char beside[STORE_PATH_SIZE];
    char epoch[33];
    char error[256] = "";
    struct photo_check *check = calloc(1, sizeof *check);
    if (check == NULL || store_file_beside(path, "photos", beside) != STATUS_OK) {
        fprintf(stderr, "kuaifan: not enough memory, or a path that is too long\n");
        free(check);
        return 1;
    }
    check->directory = directory == NULL ? beside : directory;
    const enum status status = journal_file_read(path, epoch, check_photo, check, error);
    if (status != STATUS_OK) {
        fprintf(stderr, "kuaifan: %s\n", error);
    }
    if (check->bad > 0) {
        fprintf(stderr, "kuaifan: %llu of %llu photos in %s are missing or altered\n", check->bad,
                check->count, check->directory);
    }
    const bool good = status == STATUS_OK && check->bad == 0;
    *count = check->count;
    free(check);
    return good ? 0 : 1;
}

int cli_verify(int argc, char *argv[])
{
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: kuaifan verify JOURNAL.db KEY [PHOTOS]\n"
                        "Nobody may have the journal open: stop the engine, or verify a backup.\n"
                        "PHOTOS is the directory `photos` beside the journal, unless said.\n");
        return 2;
    }
    struct journal_verdict verdict;
    unsigned long long photos = 0;
    const enum status status = journal_verify(argv[0], argv[1], &verdict);
    if (status != STATUS_OK || verdict.bad_seq != 0) {
        fprintf(stderr, "kuaifan: %s: %s\n", argv[0],
                verdict.text[0] == '\0' ? status_text(status) : verdict.text);
        return 1;
    }
    if (verify_photos(argv[0], argc == 3 ? argv[2] : NULL, &photos) != 0) {
        return 1;
    }
    printf("%s: sound: %llu events, %llu signed heads", argv[0], (unsigned long long)verdict.events,
           (unsigned long long)verdict.signatures);
    if (photos > 0) {
        printf(", %llu photos", photos);
    }
    printf("\n");
    return 0;
}

/* One recovery; `snapshots` NULL: from the first event. */
static enum status recover(struct journal *journal, const char *snapshots,
                           const struct engine_config *config, struct recovery_report *report)
{
    char error[256] = "";
    struct engine *engine = NULL;
    const int64_t start_us = clock_mono_us();
    const enum status status = recovery_run(journal, snapshots, config, &engine, report, error);
    const int64_t took_us = clock_mono_us() - start_us;
    if (status == STATUS_OK) {
        printf("%s: seq %llu, snapshot %llu, %llu events replayed in %.3f s, digest %016llx\n",
               snapshots == NULL ? "from zero" : "snapshot and tail",
               (unsigned long long)report->seq, (unsigned long long)report->snapshot_seq,
               (unsigned long long)report->replayed, (double)took_us / 1e6,
               (unsigned long long)report->digest);
    } else {
        fprintf(stderr, "kuaifan: %s\n", error[0] == '\0' ? status_text(status) : error);
    }
    engine_destroy(engine);
    return status;
}

static int compare_recoveries(const struct config *config, const struct geo_map *map)
{
    char path[CONFIG_PATH_SIZE + 32];
    char key[CONFIG_PATH_SIZE + 32];
    char snapshots[CONFIG_PATH_SIZE + 32];
    char error[256] = "";
    snprintf(path, sizeof path, "%s/journal.db", config->data);
    snprintf(key, sizeof key, "%s/journal.key", config->data);
    snprintf(snapshots, sizeof snapshots, "%s/snapshots", config->data);
    const struct journal_config journal_config = {
        .path = path, .key_path = key, .commands_keep = config->commands_keep};
    struct journal *journal = NULL;
    if (journal_open(&journal_config, &journal, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan: %s\n", error);
        return 1;
    }
    struct engine_config engine_config = config_engine(config, map);
    engine_config.searches = false;
    struct recovery_report with = {0};
    struct recovery_report without = {0};
    const bool good = recover(journal, snapshots, &engine_config, &with) == STATUS_OK &&
                      recover(journal, NULL, &engine_config, &without) == STATUS_OK;
    const bool same = with.seq == without.seq && with.digest == without.digest;
    journal_close(journal);
    if (!good) {
        return 1;
    }
    printf("%s\n", same ? "the same state" : "DIFFERENT: keep these files and report it");
    return same ? 0 : 1;
}

int cli_replay_check(int argc, char *argv[])
{
    const char *file = NULL;
    if (argc >= 2 && strcmp(argv[0], "--config") == 0) {
        file = argv[1];
        argc -= 2;
        argv += 2;
    }
    static struct config config;
    char error[512];
    if (config_load(&config, file, environ, argc, argv, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan: %s\n", error);
        return 2;
    }
    struct map_file map = {0};
    if (config.map[0] != '\0' && map_file_open(&map, config.map, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan: %s\n", error);
        return 1;
    }
    const int exit_status = compare_recoveries(&config, config.map[0] == '\0' ? NULL : &map.map);
    map_file_close(&map);
    return exit_status;
}
