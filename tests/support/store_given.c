#define _GNU_SOURCE
#include "tests/support/store_given.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/event_codec.h"

#define NEW_YEAR_MS 1767225600000 /* 2026-01-01T00:00:00Z */

void store_given_directory(char directory[GIVEN_PATH_SIZE])
{
    const char *parent = getenv("TMPDIR");
    (void)snprintf(directory, GIVEN_PATH_SIZE, "%s/kuaifan_test_XXXXXX",
                   parent == NULL ? "/tmp" : parent);
    const char *made = mkdtemp(directory);
    assert(made != NULL);
}

static int remove_one(const char *path, const struct stat *state, int kind, struct FTW *walk)
{
    (void)state;
    (void)kind;
    (void)walk;
    return remove(path);
}

void store_given_remove(const char *directory)
{
    (void)nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void store_given_path(const char *directory, const char *name, char path[GIVEN_PATH_SIZE])
{
    const int length = snprintf(path, GIVEN_PATH_SIZE, "%s/%s", directory, name);
    assert(length > 0);
    assert((size_t)length < GIVEN_PATH_SIZE);
}

void store_given_event(struct event_list *list, uint64_t first_seq, struct event *event)
{
    assert(list->count < list->records_max);
    assert(list->size + EVENT_BODY_SIZE_MAX <= list->size_max);
    event->seq = list->count == 0 ? first_seq : list->records[list->count - 1].seq + 1;
    if (event->at_ms == 0) {
        event->at_ms = NEW_YEAR_MS + (int64_t)event->seq * 10;
    }
    if (event->actor.id[0] == '\0') {
        memcpy(event->actor.id, "li", 3);
        event->actor.source = SOURCE_DISPATCHER;
    }
    struct event_record *record = &list->records[list->count];
    *record = (struct event_record){.kind = event->kind,
                                    .seq = event->seq,
                                    .at_ms = event->at_ms,
                                    .actor = event->actor,
                                    .body_offset = list->size};
    memcpy(record->command_id, event->command_id, COMMAND_ID_SIZE);
    record->body_size = (uint32_t)event_codec_encode(event, list->bytes + list->size);
    list->size += record->body_size;
    list->count++;
}

static struct event *fresh(enum event_kind kind)
{
    static struct event event; /* 17 KiB */
    memset(&event, 0, sizeof event);
    event.kind = kind;
    return &event;
}

void store_given_audit(struct event_list *list, uint64_t first_seq, const char *text)
{
    struct event *event = fresh(EVENT_AUDIT);
    (void)snprintf(event->audit.text, NOTE_SIZE, "%s", text);
    store_given_event(list, first_seq, event);
}

void store_given_sent(struct event_list *list, uint64_t first_seq, uint32_t assignment_id,
                      uint32_t unit_id)
{
    struct event *event = fresh(EVENT_ASSIGNMENT_SENT);
    event->sent.assignment_id = assignment_id;
    event->sent.unit_id = unit_id;
    event->sent.incident_id = assignment_id;
    event->sent.version = 1;
    store_given_event(list, first_seq, event);
}

void store_given_ended(struct event_list *list, uint64_t first_seq, uint32_t assignment_id,
                       uint32_t unit_id)
{
    struct event *event = fresh(EVENT_ASSIGNMENT_UPDATED);
    event->updated.assignment_id = assignment_id;
    event->updated.unit_id = unit_id;
    event->updated.incident_id = assignment_id;
    event->updated.state = ASSIGNMENT_CLEARED;
    event->updated.source = SOURCE_UNIT;
    event->updated.device_ms = TIME_NEVER;
    event->updated.version = 2;
    store_given_event(list, first_seq, event);
}

void store_given_flip(const char *path, long offset)
{
    FILE *file = fopen(path, "r+b");
    assert(file != NULL);
    int failed = fseek(file, offset, SEEK_SET);
    const int byte = fgetc(file);
    assert(byte != EOF);
    failed |= fseek(file, offset, SEEK_SET);
    (void)fputc(byte ^ 1, file);
    failed |= fclose(file);
    assert(failed == 0);
}

void store_given_truncate(const char *path, long size)
{
    const int failed = truncate(path, size);
    assert(failed == 0);
}

long store_given_size(const char *path)
{
    struct stat state;
    return stat(path, &state) == 0 ? (long)state.st_size : -1;
}

uint64_t store_given_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
