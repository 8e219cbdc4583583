/* csv_text: the bytes that a spreadsheet gets. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/host/csv_text.h"

static struct proto_buffer body;
static struct csv_text csv;

static void tear_down(void)
{
    proto_buffer_finish(&body);
}

TestSuite(csv_text, .fini = tear_down, .timeout = 20);

static void expect_bytes(const char *wanted)
{
    cr_assert(proto_buffer_ok(&body));
    cr_expect(eq(sz, body.size, strlen(wanted)));
    cr_expect(body.size == strlen(wanted) && memcmp(body.bytes, wanted, body.size) == 0, "%.*s",
              (int)body.size, body.bytes);
}

Test(csv_text, begins_with_a_byte_order_mark_and_ends_lines_with_crlf)
{
    csv_text_begin(&csv, &body, "a,b");
    csv_text_number(&csv, -5);
    csv_text_number(&csv, TIME_NEVER);
    csv_text_line(&csv);
    csv_text_number(&csv, 0);
    csv_text_field(&csv, NULL);
    csv_text_line(&csv);
    expect_bytes("\xEF\xBB\xBF"
                 "a,b\r\n-5,\r\n0,\r\n");
}

Test(csv_text, what_looks_like_a_formula_is_disarmed)
{
    csv.body = &body;
    csv.line_has_begun = false;
    csv_text_field(&csv, "=1+1");
    csv_text_field(&csv, "+1");
    csv_text_field(&csv, "-1");
    csv_text_field(&csv, "@x");
    csv_text_field(&csv, "\tx");
    csv_text_field(&csv, "1=1");
    expect_bytes("\"'=1+1\",\"'+1\",\"'-1\",\"'@x\",\"'\tx\",\"1=1\"");
}

Test(csv_text, quotes_are_doubled_and_commas_stay_inside)
{
    csv.body = &body;
    csv.line_has_begun = false;
    csv_text_field(&csv, "银行街 \"A\", 2");
    expect_bytes("\"银行街 \"\"A\"\", 2\"");
}
