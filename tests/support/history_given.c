#include "tests/support/history_given.h"

#include <assert.h>
#include <stdlib.h>

#include "tests/support/fault_vfs.h"

char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE];
char error[256];
struct history *history;
struct history_reader *reader;
struct event_list events;
struct event *event;

void history_given_begin(uint32_t events_max, size_t bytes_max)
{
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "history.db", path);
    event = calloc(1, sizeof *event);
    assert(event != NULL);
    enum status status = event_list_init(&events, events_max, bytes_max);
    assert(status == STATUS_OK);
    status = history_open(path, EPOCH, &history, error);
    assert(status == STATUS_OK);
    status = history_reader_open(path, &reader, error);
    assert(status == STATUS_OK);
}

void history_given_end(void)
{
    fault_vfs_disarm();
    history_reader_close(reader);
    history_close(history);
    reader = NULL;
    history = NULL;
    event_list_finish(&events);
    free(event);
    event = NULL;
    store_given_remove(directory);
}
