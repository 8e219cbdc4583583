/* Makes an engine's data directory with a realistic journal of many events, newest snapshot some
 * way behind its end, for tests/system/recovery.py. Usage: make_journal DATA [EVENTS [TAIL]] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "engine/store/recovery.h"
#include "tests/support/store_city.h"

#define UNITS     2000u
#define PATH_SIZE 512u
#define MILLION   1000000u
#define TAIL      20000u /* what a minute of heavy duty makes */
#define BATCH     2000u

static void must(enum status status, const char *error)
{
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "%s: %s\n", status_text(status), error);
        exit(1);
    }
}

static void append(struct journal *journal, struct event_list *list)
{
    char error[256];
    if (journal_append(journal, list, NULL, 0, journal_seq(journal), error) != JOURNAL_DURABLE) {
        (void)fprintf(stderr, "%s\n", error);
        exit(1);
    }
    event_list_clear(list);
    journal_idle(journal);
}

static void fill(struct journal *journal, const char *snapshots, uint64_t events, uint64_t tail)
{
    char error[256];
    struct event_list list;
    struct store_city city;
    must(event_list_init(&list, 60000, (size_t)64 << 20), "out of memory");
    store_city_create(&city, 135, UNITS, &list);
    append(journal, &list);
    bool has_snapshot = false;
    while (journal_seq(journal) < events) {
        while (list.count < BATCH) {
            store_city_incident(&city);
        }
        append(journal, &list);
        if (!has_snapshot && journal_seq(journal) + tail >= events) {
            must(recovery_snapshot(city.engine, journal_epoch(journal), snapshots, error), error);
            has_snapshot = true;
        }
    }
    (void)printf("made %llu events, %u units\n", (unsigned long long)journal_seq(journal), UNITS);
    store_city_destroy(&city);
    event_list_finish(&list);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: make_journal DATA [EVENTS [TAIL]]\n");
        return 2;
    }
    const uint64_t events = argc > 2 ? strtoull(argv[2], NULL, 10) : MILLION;
    const uint64_t tail = argc > 3 ? strtoull(argv[3], NULL, 10) : TAIL;
    char journal_path[PATH_SIZE], key_path[PATH_SIZE], snapshots[PATH_SIZE], error[256];
    (void)snprintf(journal_path, PATH_SIZE, "%.480s/journal.db", argv[1]);
    (void)snprintf(key_path, PATH_SIZE, "%.480s/journal.key", argv[1]);
    (void)snprintf(snapshots, PATH_SIZE, "%.480s/snapshots", argv[1]);
    if (mkdir(argv[1], 0700) != 0 || mkdir(snapshots, 0700) != 0) {
        perror(argv[1]);
        return 1;
    }
    const struct journal_config config = {
        .path = journal_path, .key_path = key_path, .commands_keep = 262144};
    struct journal *journal = NULL;
    must(journal_open(&config, &journal, error), error);
    fill(journal, snapshots, events, tail);
    journal_close(journal);
    return 0;
}
