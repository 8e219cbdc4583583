/* command_memory: the newest answers by id, the oldest forgotten first. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/prng.h"
#include "engine/host/command_memory.h"

static struct command_memory *memory;

static void tear_down(void)
{
    command_memory_destroy(memory);
    memory = NULL;
}

TestSuite(command_memory, .fini = tear_down, .timeout = 20);

static void given_room_for(uint32_t commands_max)
{
    cr_assert(eq(int, command_memory_create(commands_max, &memory), STATUS_OK));
}

static struct command_answer answer_number(uint32_t number)
{
    struct command_answer answer = {.report_id = number, .at_ms = number, .seq = number};
    memcpy(answer.id, &number, sizeof number);
    answer.id[15] = 1; /* never all zero */
    return answer;
}

static struct command_answer *find_number(uint32_t number)
{
    const struct command_answer wanted = answer_number(number);
    return command_memory_find(memory, wanted.id);
}

static void given_answer(uint32_t number)
{
    const struct command_answer answer = answer_number(number);
    command_memory_add(memory, &answer);
}

Test(command_memory, an_unknown_id_is_not_found)
{
    given_room_for(4);
    cr_expect(eq(ptr, find_number(1), NULL));
    given_answer(1);
    cr_expect(eq(ptr, find_number(2), NULL));
}

Test(command_memory, an_answer_is_kept_whole)
{
    given_room_for(4);
    struct command_answer answer = answer_number(7);
    answer.refusal = REASON_UNIT_BUSY;
    answer.fingerprint = 0x1234;
    answer.merged = true;
    command_memory_add(memory, &answer);
    struct command_answer *found = find_number(7);
    cr_assert(ne(ptr, (void *)found, NULL));
    cr_expect(eq(int, memcmp(found, &answer, sizeof answer), 0));
}

Test(command_memory, the_one_past_its_room_pushes_out_the_oldest)
{
    given_room_for(3);
    for (uint32_t i = 1; i <= 4; i++) {
        given_answer(i);
    }
    cr_expect(eq(u32, command_memory_count(memory), 3));
    cr_expect(eq(ptr, find_number(1), NULL));
    for (uint32_t i = 2; i <= 4; i++) {
        cr_assert(ne(ptr, (void *)find_number(i), NULL));
        cr_expect(eq(u32, find_number(i)->report_id, i));
    }
}

Test(command_memory, room_for_one_holds_the_newest)
{
    given_room_for(1);
    given_answer(1);
    given_answer(2);
    cr_expect(eq(ptr, find_number(1), NULL));
    cr_expect(ne(ptr, (void *)find_number(2), NULL));
}

static void uuid7(uint8_t id[COMMAND_ID_SIZE], int64_t ms)
{
    memset(id, 0, COMMAND_ID_SIZE);
    for (int i = 0; i < 6; i++) {
        id[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    id[6] = 0x70;
    id[8] = 0x80;
    id[15] = 9;
}

Test(command_memory, a_uuid7_as_old_as_what_is_forgotten_has_expired)
{
    uint8_t id[COMMAND_ID_SIZE];
    given_room_for(2);
    uuid7(id, 1);
    given_answer(100);
    given_answer(200);
    cr_expect(not(command_memory_expired(memory, id)), "nothing is forgotten yet");
    given_answer(300); /* forgets the one of 100 ms */
    cr_expect(command_memory_expired(memory, id));
    uuid7(id, 100);
    cr_expect(command_memory_expired(memory, id));
    uuid7(id, 101);
    cr_expect(not(command_memory_expired(memory, id)));
}

Test(command_memory, what_an_earlier_life_forgot_has_expired_too)
{
    uint8_t id[COMMAND_ID_SIZE];
    given_room_for(2);
    command_memory_forgot(memory, 200);
    given_answer(200); /* the oldest that the journal still had */
    uuid7(id, 199);
    cr_expect(command_memory_expired(memory, id));
    uuid7(id, 201);
    cr_expect(not(command_memory_expired(memory, id)));
}

Test(command_memory, only_a_uuid7_can_expire)
{
    uint8_t id[COMMAND_ID_SIZE];
    given_room_for(1);
    given_answer(100);
    given_answer(200);
    uuid7(id, 1);
    id[6] = 0x40; /* version 4: no time in it */
    cr_expect(not(command_memory_expired(memory, id)));
    uuid7(id, 1);
    id[8] = 0xc0; /* another variant */
    cr_expect(not(command_memory_expired(memory, id)));
}

#define ROOM  100u
#define IDS   400u
#define STEPS 50000

/* The oracle: numbers in the order they were added. */
Test(command_memory, a_random_life_agrees_with_a_plain_list)
{
    static uint32_t list[STEPS];
    uint32_t count = 0;
    struct prng prng = {.state = 42};
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    given_room_for(ROOM);
    for (int i = 0; i < STEPS; i++) {
        const uint32_t number = 1 + prng_below(&prng, IDS);
        const uint32_t first = count > ROOM ? count - ROOM : 0;
        bool known = false;
        for (uint32_t k = first; k < count; k++) {
            known = known || list[k] == number;
        }
        cr_assert(eq(int, find_number(number) != NULL, known));
        if (!known) {
            given_answer(number);
            list[count++] = number;
        }
        cr_assert(eq(u32, command_memory_count(memory), count < ROOM ? count : ROOM));
    }
}
