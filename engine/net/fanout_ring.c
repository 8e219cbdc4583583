#include "engine/net/fanout_ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum status fanout_ring_init(struct fanout_ring *ring, size_t bytes_max, uint64_t next_seq)
{
    assert(next_seq > 0);
    *ring = (struct fanout_ring){
        .first_seq = next_seq, .next_seq = next_seq, .entries_max = 16, .bytes_max = bytes_max};
    while ((size_t)ring->entries_max * FANOUT_ENTRY_BYTES < bytes_max) {
        ring->entries_max *= 2;
    }
    ring->entries = calloc(ring->entries_max, sizeof *ring->entries);
    return ring->entries == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static struct fanout_entry *entry_at(const struct fanout_ring *ring, uint64_t seq)
{
    return &ring->entries[seq & (ring->entries_max - 1)];
}

static void text_free(struct fanout_ring *ring, struct fanout_text *text)
{
    assert(ring->bytes >= text->size);
    ring->bytes -= text->size;
    free(text->bytes);
    *text = (struct fanout_text){.bytes = NULL};
}

static void drop_first(struct fanout_ring *ring)
{
    assert(ring->first_seq < ring->next_seq);
    struct fanout_entry *entry = entry_at(ring, ring->first_seq++);
    for (unsigned i = 0; i < TRANSLATE_MASK_COUNT; i++) {
        text_free(ring, &entry->texts[i]);
    }
    for (uint32_t i = 0; i < entry->addressed_count; i++) {
        text_free(ring, &entry->addressed[i].text);
    }
    free(entry->addressed);
    *entry = (struct fanout_entry){.scope = 0};
    ring->bytes -= FANOUT_ENTRY_BYTES;
}

void fanout_ring_clear(struct fanout_ring *ring)
{
    while (ring->first_seq < ring->next_seq) {
        drop_first(ring);
    }
    assert(ring->bytes == 0);
}

void fanout_ring_finish(struct fanout_ring *ring)
{
    if (ring->entries != NULL) {
        fanout_ring_clear(ring);
    }
    free(ring->entries);
    ring->entries = NULL;
}

struct fanout_entry *fanout_ring_push(struct fanout_ring *ring, uint64_t scope, bool moves)
{
    if (ring->next_seq - ring->first_seq == ring->entries_max) {
        drop_first(ring);
    }
    struct fanout_entry *entry = entry_at(ring, ring->next_seq++);
    *entry = (struct fanout_entry){.scope = scope, .moves = moves};
    ring->bytes += FANOUT_ENTRY_BYTES;
    return entry;
}

struct fanout_entry *fanout_ring_at(const struct fanout_ring *ring, uint64_t seq)
{
    if (seq < ring->first_seq || seq >= ring->next_seq) {
        return NULL;
    }
    return entry_at(ring, seq);
}

enum status fanout_ring_set_text(struct fanout_ring *ring, struct fanout_text *text,
                                 const char *bytes, size_t size)
{
    assert(text->bytes == NULL);
    assert(size > 0);
    text->bytes = malloc(size);
    if (text->bytes == NULL) {
        return STATUS_NO_MEMORY;
    }
    memcpy(text->bytes, bytes, size);
    text->size = size;
    ring->bytes += size;
    return STATUS_OK;
}

enum status fanout_ring_address(struct fanout_ring *ring, struct fanout_entry *entry,
                                uint32_t unit_id, const char *bytes, size_t size)
{
    const size_t count = entry->addressed_count + 1u;
    struct fanout_addressed *addressed =
        realloc(entry->addressed, count * sizeof *entry->addressed);
    if (addressed == NULL) {
        return STATUS_NO_MEMORY;
    }
    entry->addressed = addressed;
    addressed[count - 1] = (struct fanout_addressed){.unit_id = unit_id};
    entry->addressed_count = (uint32_t)count;
    return fanout_ring_set_text(ring, &addressed[count - 1].text, bytes, size);
}

void fanout_ring_trim(struct fanout_ring *ring)
{
    while (ring->bytes > ring->bytes_max && ring->first_seq < ring->next_seq) {
        drop_first(ring);
    }
}

bool fanout_ring_reaches(const struct fanout_ring *ring, uint64_t seq)
{
    return seq + 1 >= ring->first_seq && seq < ring->next_seq;
}
