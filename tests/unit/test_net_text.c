/* The small readers of untrusted text. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/net/net_private.h"

static bool is_utf8(const char *text)
{
    return net_text_is_utf8((const uint8_t *)text, strlen(text));
}

Test(net_text, knows_utf8)
{
    cr_expect(is_utf8(""));
    cr_expect(is_utf8("plain"));
    cr_expect(is_utf8("\xc2\x80\xdf\xbf"));
    cr_expect(is_utf8("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"));
    cr_expect(is_utf8("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
    cr_expect(is_utf8("\xe5\xbf\xab\xe5\x8f\x8d"));
}

Test(net_text, refuses_what_is_not_utf8)
{
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xe1\x80",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xf1\x80\x80",
                                      "\xff",
                                      "ok\xfe"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect(not(is_utf8(bad[i])), "%zu", i);
    }
}

/* The simplest oracle: decode to a number, encode again, compare. */
static bool is_utf8_oracle(const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        const uint8_t first = bytes[at];
        const size_t step = first < 0x80   ? 1
                            : first < 0xc0 ? 0
                            : first < 0xe0 ? 2
                            : first < 0xf0 ? 3
                            : first < 0xf8 ? 4
                                           : 0;
        if (step == 0 || at + step > size) {
            return false;
        }
        uint32_t code = step == 1 ? first : first & (0x7fu >> step);
        for (size_t i = 1; i < step; i++) {
            if ((bytes[at + i] & 0xc0u) != 0x80u) {
                return false;
            }
            code = code << 6 | (bytes[at + i] & 0x3fu);
        }
        if (code < least[step] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
            return false;
        }
        at += step;
    }
    return true;
}

Test(net_text, agrees_with_the_oracle_on_random_bytes)
{
    uint64_t state = 17;
    uint32_t valid = 0;
    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[4];
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        for (size_t i = 0; i < sizeof bytes; i++) {
            const uint8_t random = (uint8_t)(state >> (24 + 8 * i));
            bytes[i] = round % 2 == 0 || i == 0 ? random : (uint8_t)(0x80u | (random & 0x3fu));
        }
        const bool expected = is_utf8_oracle(bytes, sizeof bytes);
        valid += expected;
        cr_assert(eq(int, net_text_is_utf8(bytes, sizeof bytes), expected), "seed 17, round %d",
                  round);
    }
    cr_expect(valid > 1000);
}

static bool is_plain(const char *path)
{
    return net_text_is_plain_path(path, strlen(path));
}

Test(net_text, knows_plain_paths)
{
    cr_expect(is_plain("/"));
    cr_expect(is_plain("/v1/units/\xe5\xbf\xab"));
    cr_expect(is_plain("/a..b/..c/d.."));
    cr_expect(not(is_plain("")));
    cr_expect(not(is_plain("a")));
    cr_expect(not(is_plain("/..")));
    cr_expect(not(is_plain("/a/../b")));
    cr_expect(not(is_plain("/a\\b")));
    cr_expect(not(is_plain("/a\nb")));
    cr_expect(not(is_plain("/a\x7f")));
    cr_expect(not(is_plain("/\xff")));
    cr_expect(not(net_text_is_plain_path("/a\0b", 4)));
}

Test(net_text, finds_tokens_in_lists)
{
    cr_expect(net_text_list_has("gzip, deflate, br", "br"));
    cr_expect(net_text_list_has("gzip;q=1.0,br;q=0.5", "br"));
    cr_expect(net_text_list_has("BR", "br"));
    cr_expect(not(net_text_list_has("", "br")));
    cr_expect(not(net_text_list_has("brotli, xbr", "br")));
    cr_expect(not(net_text_list_has("br;q=0, gzip", "br")));
    cr_expect(not(net_text_list_has("gzip, br; q=0.000", "br")));
    cr_expect(net_text_list_has("br; q=0.001", "br"));
}

Test(net_text, compares_etags)
{
    cr_expect(net_text_etag_matches("\"a\"", "\"a\""));
    cr_expect(net_text_etag_matches("\"x\", W/\"a\"", "\"a\""));
    cr_expect(net_text_etag_matches("*", "\"a\""));
    cr_expect(not(net_text_etag_matches("", "\"a\"")));
    cr_expect(not(net_text_etag_matches("\"ab\"", "\"a\"")));
}

Test(net_text, compares_origin_and_host)
{
    cr_expect(net_text_origin_matches("http://10.0.0.1:8135", "10.0.0.1:8135"));
    cr_expect(net_text_origin_matches("https://Kuaifan.Example", "kuaifan.example"));
    cr_expect(not(net_text_origin_matches("http://10.0.0.1:8136", "10.0.0.1:8135")));
    cr_expect(not(net_text_origin_matches("http://10.0.0.1:8135.evil", "10.0.0.1:8135")));
    cr_expect(not(net_text_origin_matches("null", "localhost")));
    cr_expect(not(net_text_origin_matches("http://", "")));
}

Test(net_text, encodes_a_query_so_that_it_stays_one_value)
{
    char out[64];
    net_text_encode_query("q=a&b c%+\xe5", 10, out);
    cr_expect(eq(str, out, "q=a%26b%20c%25%2B%E5"));
    net_text_encode_query("name=Main-St._~", 15, out);
    cr_expect(eq(str, out, "name=Main-St._~"));
}

Test(net_text, finds_headers_by_name)
{
    cr_expect(net_text_headers_have("ETag: 1\r\ncache-control: no-cache\r\n", "Cache-Control"));
    cr_expect(not(net_text_headers_have("X-Cache-Control: 1\r\n", "Cache-Control")));
    cr_expect(not(net_text_headers_have("", "Cache-Control")));
}
