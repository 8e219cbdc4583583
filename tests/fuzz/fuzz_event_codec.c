/* Any bytes as an event body: refused, or a body that is written back to the same bytes. One of an
 * older version is written as one of today, and that stays as it is. */
#include <assert.h>
#include <string.h>

#include "engine/core/event_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_same(struct event *event, const uint8_t *body, size_t size)
{
    static uint8_t bytes[EVENT_BODY_SIZE_MAX];
    const enum status status = event_codec_decode(event, body, size);
    assert(status == STATUS_OK);
    const size_t written = event_codec_encode(event, bytes);
    assert(written == size);
    assert(memcmp(bytes, body, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct event event;
    static uint8_t today[EVENT_BODY_SIZE_MAX];
    if (size < 1) {
        return 0;
    }
    event.kind = (enum event_kind)(data[0] % (EVENT_KIND_COUNT + 1));
    const uint8_t *body = data + 1;
    if (event_codec_decode(&event, body, size - 1) == STATUS_OK) {
        const size_t written = event_codec_encode(&event, today);
        const bool is_older = body[0] < today[0]; /* the version */
        assert(is_older || written == size - 1);
        expect_same(&event, is_older ? today : body, written);
    }
    return 0;
}
