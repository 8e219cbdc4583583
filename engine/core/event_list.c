#include <assert.h>
#include <stdlib.h>

#include "engine/core/engine.h"
#include "engine/core/event_codec.h"

enum status event_list_init(struct event_list *list, uint32_t records_max, size_t size_max)
{
    assert(records_max > 0);
    assert(size_max >= EVENT_BODY_SIZE_MAX);
    struct event_record *records = calloc(records_max, sizeof *records);
    uint8_t *bytes = malloc(size_max);
    if (records == NULL || bytes == NULL) {
        free(records);
        free(bytes);
        return STATUS_NO_MEMORY;
    }
    *list = (struct event_list){
        .records = records, .records_max = records_max, .bytes = bytes, .size_max = size_max};
    return STATUS_OK;
}

void event_list_finish(struct event_list *list)
{
    free(list->records);
    free(list->bytes);
    *list = (struct event_list){0};
}

void event_list_clear(struct event_list *list)
{
    list->count = 0;
    list->size = 0;
}

void event_list_get(const struct event_list *list, uint32_t i, struct event *event)
{
    assert(i < list->count);
    const struct event_record *record = &list->records[i];
    event->kind = record->kind;
    event->seq = record->seq;
    event->at_ms = record->at_ms;
    event->actor = record->actor;
    for (uint32_t k = 0; k < COMMAND_ID_SIZE; k++) {
        event->command_id[k] = record->command_id[k];
    }
    const enum status status =
        event_codec_decode(event, &list->bytes[record->body_offset], record->body_size);
    assert(status == STATUS_OK); /* we encoded it */
}
