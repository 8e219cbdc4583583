/* bytes: what is written is read back, nothing else is, and every byte counts for the hash. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/bytes.h"
#include "engine/core/prng.h"

static uint8_t bytes[256];

Test(bytes, numbers_come_back_as_they_went_and_take_as_many_bytes_as_they_say)
{
    struct byte_writer writer = bytes_writer(bytes, sizeof bytes);
    bytes_put_u8(&writer, 0xA1);
    bytes_put_u16(&writer, 0xB2C3);
    bytes_put_u32(&writer, 0xD4E5F607);
    bytes_put_u64(&writer, 0x18293A4B5C6D7E8F);
    bytes_put_u64(&writer, (uint64_t)INT64_MIN);
    bytes_put_u8(&writer, 1);
    bytes_put_point(&writer, (struct geo_point){-900000000, 1800000000});
    cr_assert(eq(sz, writer.at, 1 + 2 + 4 + 8 + 8 + 1 + 8));
    cr_expect(eq(sz, writer.total, writer.at));
    cr_expect(eq(u8, bytes[1], 0xC3), "the lowest first");
    cr_expect(eq(u8, bytes[14], 0x18));
    struct byte_reader reader = bytes_reader(bytes, writer.at);
    cr_expect(eq(u8, bytes_get_u8(&reader), 0xA1));
    cr_expect(eq(u16, bytes_get_u16(&reader), 0xB2C3));
    cr_expect(eq(u32, bytes_get_u32(&reader), 0xD4E5F607));
    cr_expect(eq(u64, bytes_get_u64(&reader), 0x18293A4B5C6D7E8F));
    cr_expect(eq(i64, bytes_get_i64(&reader), INT64_MIN));
    cr_expect(bytes_get_bool(&reader));
    const struct geo_point point = bytes_get_point(&reader);
    cr_expect(eq(i32, point.lat_e7, -900000000));
    cr_expect(eq(i32, point.lon_e7, 1800000000));
    cr_expect(bytes_done(&reader));
}

Test(bytes, a_reader_never_leaves_its_bytes_and_stays_bad)
{
    memset(bytes, 0xFF, sizeof bytes);
    for (size_t size = 0; size < 8; size++) {
        struct byte_reader reader = bytes_reader(bytes, size);
        cr_expect(eq(u64, bytes_get_u64(&reader) >> 32, 0), "%zu bytes", size);
        cr_expect(reader.bad);
        cr_expect(eq(u8, bytes_get_u8(&reader), 0));
        cr_expect(not(bytes_done(&reader)));
    }
    struct byte_reader whole = bytes_reader(bytes, 8);
    cr_expect(eq(u64, bytes_get_u64(&whole), UINT64_MAX));
    cr_expect(bytes_done(&whole));
}

Test(bytes, past_the_end_every_number_is_zero_and_every_text_empty)
{
    memset(bytes, 1, sizeof bytes);
    struct byte_reader reader = bytes_reader(bytes, 0);
    char text[4] = "abc";
    bytes_get_text(&reader, text, sizeof text);
    cr_expect(eq(str, text, ""));
    cr_expect(eq(u8, bytes_get_u8(&reader), 0));
    cr_expect(eq(u16, bytes_get_u16(&reader), 0));
    cr_expect(eq(u32, bytes_get_u32(&reader), 0));
    cr_expect(eq(u64, bytes_get_u64(&reader), 0));
    cr_expect(eq(i64, bytes_get_i64(&reader), 0));
    cr_expect(not(bytes_get_bool(&reader)));
    cr_expect(eq(u8, bytes_get_below(&reader, 2), 0));
    const struct geo_point point = bytes_get_point(&reader);
    cr_expect(eq(i32, point.lat_e7, 0));
    cr_expect(eq(i32, point.lon_e7, 0));
    cr_expect(eq(sz, reader.at, 0), "and nothing is taken");
}

Test(bytes, what_is_left_over_is_not_done)
{
    struct byte_reader reader = bytes_reader(bytes, 2);
    (void)bytes_get_u8(&reader);
    cr_expect(not(bytes_done(&reader)));
    (void)bytes_get_u8(&reader);
    cr_expect(bytes_done(&reader));
}

Test(bytes, a_value_at_its_limit_is_bad_and_one_below_it_is_good)
{
    const uint8_t values[] = {6, 7, 1, 2};
    struct byte_reader reader = bytes_reader(values, sizeof values);
    cr_expect(eq(u8, bytes_get_below(&reader, 7), 6));
    cr_expect(not(reader.bad));
    cr_expect(eq(u8, bytes_get_below(&reader, 7), 0));
    cr_expect(reader.bad);
    reader = bytes_reader(values + 2, 2);
    cr_expect(bytes_get_bool(&reader));
    cr_expect(not(bytes_get_bool(&reader)));
    cr_expect(reader.bad, "a claim is 0 or 1");
}

static bool reads_text(const char *text, size_t text_size, char *out)
{
    struct byte_writer writer = bytes_writer(bytes, sizeof bytes);
    bytes_put_text(&writer, text, sizeof bytes);
    struct byte_reader reader = bytes_reader(bytes, writer.at);
    memset(out, 'x', text_size);
    bytes_get_text(&reader, out, text_size);
    return bytes_done(&reader);
}

Test(bytes, a_text_fits_with_its_end_or_is_refused)
{
    char out[8];
    cr_expect(reads_text("1234567", sizeof out, out));
    cr_expect(eq(str, out, "1234567"));
    cr_expect(reads_text("12", sizeof out, out));
    cr_expect(eq(u8, (uint8_t)out[7], 0), "the rest is zeroed");
    cr_expect(not(reads_text("12345678", sizeof out, out)));
    cr_expect(eq(str, out, ""));
}

Test(bytes, only_utf_8_is_a_text)
{
    static const char *const good[] = {"\x7F",         "\xC2\x80",         "\xDF\xBF",
                                       "\xE0\xA0\x80", "\xED\x9F\xBF",     "\xEE\x80\x80",
                                       "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",         "\xC1\xBF",         "\xC2",
                                      "\xC2\x7F",     "\xE0\x9F\xBF",     "\xE1\x80",
                                      "\xE1\x80\xC0", "\xED\xA0\x80",     "\xF0\x8F\xBF\xBF",
                                      "\xF1\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"};
    char out[8];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        cr_expect(reads_text(good[i], sizeof out, out), "good %zu", i);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect(not(reads_text(bad[i], sizeof out, out)), "bad %zu", i);
    }
}

static uint8_t content[200];

/* In pieces of 1 to 13 bytes, through a window of 16. */
static uint64_t hash_of(size_t size)
{
    uint8_t window[16];
    struct byte_writer writer = bytes_hasher(window, sizeof window);
    for (size_t at = 0, i = 0; at < size; i++) {
        const size_t piece = 1 + i * 5 % 13;
        const size_t left = size - at;
        bytes_put(&writer, content + at, piece < left ? piece : left);
        at += piece < left ? piece : left;
    }
    return bytes_hash(&writer);
}

Test(bytes, every_bit_of_what_is_hashed_counts)
{
    struct prng prng = {.state = 5};
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = (uint8_t)prng_below(&prng, 256);
    }
    const uint64_t hash = hash_of(sizeof content);
    cr_expect(eq(u64, hash_of(sizeof content), hash));
    for (size_t bit = 0; bit < 8 * sizeof content; bit++) {
        content[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect(ne(u64, hash_of(sizeof content), hash), "bit %zu", bit);
        content[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

Test(bytes, how_much_is_hashed_counts)
{
    memset(content, 0, sizeof content);
    for (size_t size = 0; size < sizeof content; size++) {
        cr_expect(ne(u64, hash_of(size), hash_of(size + 1)), "%zu zeros", size);
    }
}

Test(bytes, without_room_a_writer_only_counts)
{
    struct byte_writer writer = bytes_writer(NULL, 0);
    bytes_put_u64(&writer, 1);
    bytes_put_text(&writer, "abc", 8);
    cr_expect(eq(sz, writer.total, 8 + 2 + 3));
}
