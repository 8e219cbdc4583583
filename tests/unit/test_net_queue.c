/* Frames and the queue of one session. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/net_private.h"

static struct net_queue queue;
static uint8_t scratch[NET_BATCH_BYTES];

static void tear_down(void)
{
    net_queue_clear(&queue);
}

TestSuite(net_queue, .fini = tear_down, .timeout = 60);

static struct net_frame *frame_of(const char *text)
{
    return net_frame_create(text, strlen(text), false);
}

static void push(const char *text, uint64_t key, bool position)
{
    struct net_frame *frame = frame_of(text);
    net_frame_set_key(frame, key);
    cr_assert(net_queue_push(&queue, frame, position, 0));
    net_frame_release(frame);
}

static bool replace(const char *text, uint64_t key)
{
    struct net_frame *frame = frame_of(text);
    net_frame_set_key(frame, key);
    const bool replaced = net_queue_replace(&queue, frame);
    net_frame_release(frame);
    return replaced;
}

/* All that waits, as the socket would get it, into `out`. */
static size_t drain(uint8_t *out)
{
    size_t size = 0;
    while (queue.count > 0) {
        uint8_t *bytes = NULL;
        const size_t part = net_queue_peek(&queue, scratch, &bytes);
        cr_assert(part > 0);
        cr_assert(part <= NET_BATCH_BYTES);
        memcpy(out + size, bytes, part);
        size += part;
        net_queue_consume(&queue, part);
    }
    return size;
}

Test(net_queue, frames_short_messages_in_one_fragment)
{
    struct net_frame *frame = frame_of("hello");
    cr_expect(eq(sz, frame->size, 7));
    cr_expect(memcmp(frame->bytes, "\x81\x05hello", 7) == 0);
    cr_expect(eq(sz, net_frame_size(frame), 5));
    net_frame_release(frame);
    frame = net_frame_create("\1", 1, true);
    cr_expect(memcmp(frame->bytes, "\x82\x01\x01", 3) == 0);
    net_frame_release(frame);
    net_frame_release(NULL);
}

Test(net_queue, frames_long_messages_in_fragments_of_one_batch)
{
    char *text = calloc(2, NET_CHUNK_BYTES);
    struct net_frame *frame = net_frame_create(text, 2 * NET_CHUNK_BYTES, false);
    const size_t second = net_frame_chunk_end(frame, 0);
    cr_expect(eq(sz, second, NET_CHUNK_BYTES + 4));
    cr_expect(eq(int, frame->bytes[0], 0x01));      /* text, not the last */
    cr_expect(eq(int, frame->bytes[second], 0x80)); /* continuation, the last */
    cr_expect(eq(sz, net_frame_chunk_end(frame, second), frame->size));
    net_frame_release(frame);
    free(text);
}

Test(net_queue, gives_back_what_was_put_in_batched)
{
    uint8_t out[64];
    push("one", 0, false);
    push("two", 0, false);
    uint8_t *bytes = NULL;
    cr_expect(eq(sz, net_queue_peek(&queue, scratch, &bytes), 10)); /* both in one write */
    cr_expect(eq(sz, drain(out), 10));
    cr_expect(memcmp(out, "\x81\x03one\x81\x03two", 10) == 0);
    cr_expect(eq(sz, queue.bytes, 0));
}

Test(net_queue, replaces_a_waiting_position_of_the_same_key)
{
    uint8_t out[64];
    push("p1", 7, true);
    push("fact", 0, false);
    cr_expect(replace("P1", 7));
    cr_expect(eq(u32, queue.count, 2));
    cr_expect(eq(sz, drain(out), 10));
    cr_expect(memcmp(out,
                     "\x81\x02P1\x81\x04"
                     "fact",
                     10) == 0);
}

Test(net_queue, replaces_nothing_else)
{
    push("p1", 7, true);
    push("fact with a key", 8, false);
    push("no key", 0, true);
    cr_expect(not(replace("x", 9)));
    cr_expect(not(replace("x", 8)));
    cr_expect(not(replace("x", 0)));
}

Test(net_queue, never_replaces_what_is_half_written)
{
    char *text = calloc(1, NET_CHUNK_BYTES + 10);
    struct net_frame *frame = net_frame_create(text, NET_CHUNK_BYTES + 10, true);
    net_frame_set_key(frame, 7);
    cr_assert(net_queue_push(&queue, frame, true, 0));
    net_frame_release(frame);
    free(text);
    uint8_t *bytes = NULL;
    net_queue_consume(&queue, net_queue_peek(&queue, scratch, &bytes));
    cr_assert(eq(u32, queue.count, 1));
    cr_expect(not(replace("p2", 7)));
}

/* Frames of random sizes against a flat array of the bytes that must come out. */
Test(net_queue, random_frames_come_out_byte_for_byte)
{
    enum { ROUNDS = 40, FRAMES = 30, BYTES_MAX = 200000 };
    uint8_t *expected = malloc((size_t)FRAMES * (BYTES_MAX + 64));
    uint8_t *out = malloc((size_t)FRAMES * (BYTES_MAX + 64));
    uint8_t *text = malloc(BYTES_MAX);
    uint64_t state = 4711;
    for (int round = 0; round < ROUNDS; round++) {
        size_t expected_size = 0;
        for (int i = 0; i < FRAMES; i++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            const size_t size =
                (state >> 40) % 7 == 0 ? (state >> 33) % BYTES_MAX : (state >> 33) % 300;
            memset(text, 'a' + i, size);
            struct net_frame *frame = net_frame_create(text, size, false);
            memcpy(expected + expected_size, frame->bytes, frame->size);
            expected_size += frame->size;
            cr_assert(net_queue_push(&queue, frame, false, 0));
            net_frame_release(frame);
        }
        cr_assert(eq(sz, queue.bytes, expected_size + FRAMES * NET_ENTRY_BYTES));
        cr_assert(eq(sz, drain(out), expected_size), "seed 4711, round %d", round);
        cr_assert(memcmp(out, expected, expected_size) == 0, "seed 4711, round %d", round);
        cr_assert(eq(sz, queue.bytes, 0));
    }
    free(expected);
    free(out);
    free(text);
}
