/* The JSON writer and the text helpers: escapes, numbers, commas, UTF-8; jansson is the oracle. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include <jansson.h>

#include "proto/proto.h"
#include "proto/proto_text.h"

static struct proto_buffer buffer;

static void tear_down(void)
{
    proto_buffer_finish(&buffer);
}

TestSuite(proto_json, .fini = tear_down, .timeout = 60);

static void expect(const char *json)
{
    proto_buffer_append(&buffer, "", 1);
    cr_assert(proto_buffer_ok(&buffer));
    cr_expect(zero(int, strcmp(buffer.bytes, json)), "%s, not %s", buffer.bytes, json);
    proto_buffer_clear(&buffer);
}

Test(proto_json, commas_stand_where_they_belong)
{
    proto_json_begin(&buffer, '{');
    proto_member_int(&buffer, "a", 1);
    proto_json_name(&buffer, "b");
    proto_json_begin(&buffer, '[');
    proto_json_begin(&buffer, '[');
    proto_json_end(&buffer, ']');
    proto_json_begin(&buffer, '{');
    proto_json_end(&buffer, '}');
    proto_json_text(&buffer, "[");
    proto_json_text(&buffer, "x");
    proto_json_bool(&buffer, true);
    proto_json_null(&buffer);
    proto_json_raw(&buffer, "{\"r\":0}", 7);
    proto_json_end(&buffer, ']');
    proto_member_text(&buffer, "c", "{");
    proto_member_bool(&buffer, "d", false);
    proto_member_null(&buffer, "e");
    proto_json_end(&buffer, '}');
    expect("{\"a\":1,\"b\":[[],{},\"[\",\"x\",true,null,{\"r\":0}],\"c\":\"{\",\"d\":false,"
           "\"e\":null}");
}

Test(proto_json, what_is_not_known_is_null)
{
    proto_json_begin(&buffer, '{');
    proto_member_text(&buffer, "a", NULL);
    proto_member_id(&buffer, "b", 0);
    proto_member_id(&buffer, "c", UINT32_MAX);
    proto_member_u32(&buffer, "d", PROTO_NONE);
    proto_member_u32(&buffer, "e", 0);
    proto_member_time(&buffer, "f", PROTO_NEVER);
    proto_member_time(&buffer, "g", 0);
    proto_member_name(&buffer, "h", PROTO_LIST_TIER, PROTO_TIER_COUNT);
    proto_member_name(&buffer, "i", PROTO_LIST_TIER, PROTO_TIER_5);
    proto_member_place(&buffer, false, (struct proto_place){1, 2});
    proto_json_end(&buffer, '}');
    expect("{\"a\":null,\"b\":null,\"c\":4294967295,\"d\":null,\"e\":0,\"f\":null,\"g\":0,"
           "\"h\":null,\"i\":\"5\",\"lat\":null,\"lon\":null}");
}

Test(proto_json, whole_numbers_are_exact_at_both_ends)
{
    proto_json_int(&buffer, INT64_MIN);
    expect("-9223372036854775808");
    proto_json_int(&buffer, INT64_MAX);
    expect("9223372036854775807");
    proto_json_int(&buffer, 0);
    expect("0");
    proto_json_int(&buffer, -10);
    expect("-10");
}

Test(proto_json, degrees_have_as_many_decimals_as_they_need)
{
    static const struct {
        int32_t e7;
        const char *text;
    } cases[] = {
        {0, "0"},
        {1, "0.0000001"},
        {-1, "-0.0000001"},
        {10000000, "1"},
        {-1800000000, "-180"},
        {900000000, "90"},
        {225176000, "22.5176"},
        {1133927999, "113.3927999"},
        {100000, "0.01"},
        {-15000000, "-1.5"},
        {INT32_MIN, "-214.7483648"},
        {INT32_MAX, "214.7483647"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        proto_json_e7(&buffer, cases[i].e7);
        expect(cases[i].text);
    }
}

Test(proto_json, text_is_escaped)
{
    proto_json_text(&buffer, "\"\\/\b\f\n\r\t\x01\x1f\x7f");
    expect("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    proto_json_text_n(&buffer, "a\0b", 3);
    expect("\"a\\u0000b\"");
    proto_json_text(&buffer, "\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA");
    expect("\"\xE2\x80\xA7\\u2028\\u2029\xE2\x80\xAA\"");
    proto_json_text(&buffer, "中山🔥");
    expect("\"中山🔥\"");
    proto_json_text(&buffer, "");
    expect("\"\"");
}

Test(proto_json, bytes_that_are_not_utf8_are_replaced)
{
    proto_json_text(&buffer, "a\xFF"
                             "b\xC0\xAF\xE4\xB8");
    expect("\"a\xEF\xBF\xBD"
           "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

/* Any bytes at all give JSON; bytes that were UTF-8 come back as they were. */
Test(proto_json, random_text_comes_back_through_jansson)
{
    uint64_t state = 4711;
    cr_log_info("seed 4711");
    uint32_t whole = 0;
    for (uint32_t round = 0; round < 20000; round++) {
        char text[24];
        const size_t size = next_random(&state) % sizeof(text);
        for (size_t i = 0; i < size; i++) {
            const uint32_t roll = next_random(&state);
            const char *bytes = "\xE4\xB8\xAD\"\\\xF0\x9F\x94\xA5";
            text[i] = bytes[roll >> 8 & 7];
            if (roll % 3 == 0) {
                text[i] = (char)(roll >> 8 & 0x7f);
            }
        }
        size_t good = 0;
        while (good < size && proto_text_character(text + good, size - good) > 0) {
            good += proto_text_character(text + good, size - good);
        }
        proto_buffer_clear(&buffer);
        proto_json_text_n(&buffer, text, size);
        json_t *read =
            json_loadb(buffer.bytes, buffer.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        cr_assert(ne(ptr, read, NULL));
        if (good == size) {
            whole++;
            cr_assert(eq(sz, json_string_length(read), size));
            cr_assert(zero(int, memcmp(json_string_value(read), text, size)));
        }
        json_decref(read);
    }
    cr_expect(lt(u32, 1000, whole));
}

Test(proto_json, a_warm_buffer_keeps_its_memory)
{
    proto_json_text(&buffer, "some text");
    const char *bytes = buffer.bytes;
    for (uint32_t i = 0; i < 100; i++) {
        proto_buffer_clear(&buffer);
        proto_json_text(&buffer, "some other text");
    }
    cr_expect(buffer.bytes == bytes);
    proto_buffer_finish(&buffer);
    cr_expect(eq(ptr, buffer.bytes, NULL));
    proto_buffer_init(&buffer);
    proto_buffer_append(&buffer, NULL, 0);
    cr_expect(proto_buffer_ok(&buffer));
}

Test(proto_json, a_failure_is_sticky_until_the_buffer_is_cleared)
{
    struct proto_buffer small = {.size_max = 8};
    proto_buffer_append(&small, "12345678", 8);
    cr_expect(proto_buffer_ok(&small));
    proto_buffer_append(&small, "9", 1);
    cr_expect(not(proto_buffer_ok(&small)));
    cr_expect(eq(ptr, proto_buffer_room(&small, 0), NULL));
    proto_buffer_append(&small, "", 0);
    cr_expect(eq(sz, small.size, 8));
    proto_json_int(&small, 5);
    proto_json_name(&small, "a");
    proto_json_text(&small, "b");
    cr_expect(eq(sz, small.size, 8));
    proto_buffer_clear(&small);
    cr_expect(proto_buffer_ok(&small));
    proto_json_name(&small, "abcd");
    cr_expect(proto_buffer_ok(&small));
    proto_buffer_finish(&small);
    cr_expect(eq(sz, small.size_max, 8));
}

/* ---- Text ---- */

Test(proto_json, a_line_is_cut_at_a_characters_border_and_then_takes_no_more)
{
    char bytes[8];
    struct proto_line line = proto_line_start(bytes, sizeof(bytes));
    proto_line_text(&line, "中中中");
    cr_expect(line.cut);
    cr_expect(zero(int, strcmp(bytes, "中中")));
    proto_line_text(&line, "x");
    cr_expect(zero(int, strcmp(bytes, "中中")));
    line = proto_line_start(bytes, sizeof(bytes));
    proto_line_int(&line, -123456);
    cr_expect(not(line.cut));
    cr_expect(zero(int, strcmp(bytes, "-123456")));
}

Test(proto_json, quoted_text_is_short_and_clean)
{
    char bytes[64];
    struct proto_line line = proto_line_start(bytes, sizeof(bytes));
    proto_line_quoted(&line,
                      "a\nb\xFF"
                      "c\t\x01",
                      7);
    cr_expect(zero(int, strcmp(bytes, "\"a?b?c??\"")), "%s", bytes);
    line = proto_line_start(bytes, sizeof(bytes));
    proto_line_quoted(&line, "中中中中中中中中中中中中中中", 42);
    cr_expect(zero(int, strcmp(bytes, "\"中中中中中中中中中中中中中…\"")), "%s", bytes);
}

/* The longest sentence of the longest list must fit its array or be cut cleanly. */
Test(proto_json, an_error_cuts_a_detail_that_is_too_long)
{
    char detail[400];
    memset(detail, 'x', sizeof(detail));
    detail[sizeof(detail) - 1] = '\0';
    struct proto_error error;
    proto_error_set(&error, PROTO_INTERNAL, NULL, detail);
    cr_expect(eq(sz, strlen(error.detail), PROTO_DETAIL_SIZE - 1));
    cr_expect(not(error.has_pointer));
}

Test(proto_json, every_code_has_a_text_a_title_and_a_status)
{
    for (uint32_t code = 0; code < PROTO_CODE_COUNT; code++) {
        const enum proto_code each = (enum proto_code)code;
        cr_expect(eq(int, proto_code_find(proto_code_text(each)), each));
        cr_expect(lt(sz, 10, strlen(proto_code_title(each))));
        cr_expect(proto_code_status(each) >= 400);
        cr_expect(proto_code_status(each) <= 503);
    }
    cr_expect(eq(int, proto_code_find("no_such_code"), PROTO_CODE_COUNT));
    cr_expect(proto_code_retry(PROTO_BUSY));
    cr_expect(not(proto_code_retry(PROTO_FORBIDDEN)));
}

Test(proto_json, every_name_is_found_again)
{
    for (uint32_t list = 0; list < PROTO_LIST_COUNT; list++) {
        const enum proto_list each = (enum proto_list)list;
        cr_expect(lt(u32, 0, proto_count(each)));
        for (uint32_t i = 0; i < proto_count(each); i++) {
            cr_expect(eq(int, proto_find(each, proto_name(each, i)), (int)i));
        }
        cr_expect(eq(int, proto_find(each, "no such name"), -1));
        cr_expect(proto_name(each, proto_count(each)) == NULL);
    }
}
