/* batch: what one transaction carries, and when it takes no more. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "engine/host/batch.h"

static struct batch batch;

static void set_up(void)
{
    cr_assert(eq(int, batch_init(&batch), STATUS_OK));
}

static void tear_down(void)
{
    batch_finish(&batch);
}

TestSuite(batch, .init = set_up, .fini = tear_down, .timeout = 10);

Test(batch, a_fresh_one_is_empty_and_takes_more)
{
    cr_expect(batch_empty(&batch));
    cr_expect(not(batch_full(&batch)));
}

Test(batch, a_ticket_alone_is_something)
{
    batch.ticket_count = 1; /* a repeated command waits for the disk without an event */
    cr_expect(not(batch_empty(&batch)));
}

Test(batch, it_is_full_with_its_last_answer_or_ticket)
{
    batch.answer_count = BATCH_COMMANDS_MAX - 1;
    cr_expect(not(batch_full(&batch)));
    batch.answer_count++;
    cr_expect(batch_full(&batch));
    batch_clear(&batch);
    batch.ticket_count = BATCH_COMMANDS_MAX;
    cr_expect(batch_full(&batch));
}

Test(batch, it_is_full_before_an_ordinary_command_would_not_fit)
{
    batch.events.count = BATCH_EVENTS_MAX - 256;
    cr_expect(not(batch_full(&batch)));
    batch.events.count++;
    cr_expect(batch_full(&batch));
    batch_clear(&batch);
    batch.events.size = BATCH_BYTES_MAX - (1u << 20);
    cr_expect(not(batch_full(&batch)));
    batch.events.size++;
    cr_expect(batch_full(&batch));
}

Test(batch, cleared_it_is_as_fresh)
{
    batch.answer_count = 3;
    batch.ticket_count = 4;
    batch.events.count = 5;
    batch.events.size = 6;
    batch.wants_digest = true;
    batch_clear(&batch);
    cr_expect(batch_empty(&batch));
    cr_expect(not(batch.wants_digest));
    cr_expect(eq(sz, batch.events.size, 0));
}

Test(batch, finishing_twice_harms_nothing)
{
    batch_finish(&batch);
    cr_expect(eq(ptr, (void *)batch.answers, NULL));
}
