/* config: defaults, file, environment, flags; every value checked, every error has its place. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/prng.h"
#include "engine/host/config.h"

static struct config config;
static char error[512];
static char file_path[512];
static char *const no_environment[] = {NULL};

static void tear_down(void)
{
    unlink(file_path);
}

TestSuite(config, .fini = tear_down, .timeout = 20);

static const char *given_bytes(const char *text, size_t size)
{
    const char *parent = getenv("TMPDIR");
    snprintf(file_path, sizeof file_path, "%.400s/kuaifan-config-XXXXXX",
             parent == NULL ? "/tmp" : parent);
    const int fd = mkstemp(file_path);
    cr_assert(ge(int, fd, 0));
    cr_assert(eq(sz, (size_t)write(fd, text, size), size));
    close(fd);
    return file_path;
}

static const char *given_file(const char *text)
{
    return given_bytes(text, strlen(text));
}

static enum status load_flags(int argc, const char *argv[])
{
    return config_load(&config, NULL, no_environment, argc, (char *const *)(void *)argv, error);
}

static enum status load_flag(const char *name, const char *value)
{
    const char *argv[] = {name, value};
    return load_flags(2, argv);
}

static void expect_refused(const char *name, const char *value, const char *words)
{
    cr_expect(eq(int, load_flag(name, value), STATUS_BAD_INPUT), "%s %s", name, value);
    cr_expect(ne(ptr, strstr(error, words), NULL), "no \"%s\" in: %s", words, error);
}

Test(config, the_defaults_are_good)
{
    cr_assert(eq(int, load_flags(0, NULL), STATUS_OK), "%s", error);
    cr_expect(eq(u32, config.port, 8135));
    cr_expect(eq(str, config.address, "127.0.0.1"));
    cr_expect(eq(str, config.mode, "auto"));
    cr_expect(eq(u32, config_limits(&config).units_max, config.units_max));
}

Test(config, a_file_may_have_comments_blanks_and_empty_values)
{
    const char *path = given_file("# a comment\n\n  port =  9000  \n\tmode=recommend\nmap =\n");
    cr_assert(eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, config.port, 9000));
    cr_expect(eq(str, config.mode, "recommend"));
    cr_expect(eq(str, config.map, ""));
}

Test(config, the_later_source_wins)
{
    const char *path = given_file("port = 1001\nunits_max = 1001\ncircles_max = 1001\n");
    char port[] = "KUAIFAN_PORT=1002";
    char units[] = "KUAIFAN_UNITS_MAX=1002";
    char other[] = "KUAIFAN_PORTS=7";
    char *const environment[] = {other, port, units, NULL};
    const char *argv[] = {"--port", "1003"};
    cr_assert(eq(int,
                 config_load(&config, path, environment, 2, (char *const *)(void *)argv, error),
                 STATUS_OK),
              "%s", error);
    cr_expect(eq(u32, config.port, 1003));
    cr_expect(eq(u32, config.units_max, 1002));
    cr_expect(eq(u32, config.circles_max, 1001));
}

Test(config, a_flag_may_be_written_with_dashes)
{
    cr_assert(eq(int, load_flag("--units-max", "77"), STATUS_OK), "%s", error);
    cr_expect(eq(u32, config.units_max, 77));
    cr_assert(eq(int, load_flag("--units_max", "78"), STATUS_OK), "%s", error);
    cr_expect(eq(u32, config.units_max, 78));
}

Test(config, a_number_is_whole_and_within_its_bounds)
{
    cr_expect(eq(int, load_flag("--units-max", "1"), STATUS_OK));
    cr_expect(eq(int, load_flag("--units-max", "50000"), STATUS_OK));
    expect_refused("--units-max", "0", "from 1 to 50000");
    expect_refused("--units-max", "50001", "from 1 to 50000");
    static const char *const bad[] = {"",    "-1", "+1",   "1.5",
                                      "0x9", "9k", "nine", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_refused("--units-max", bad[i], "whole number");
    }
}

Test(config, a_choice_is_one_of_its_words)
{
    cr_expect(eq(int, load_flag("--policy", "place-class"), STATUS_OK));
    expect_refused("--policy", "place", "mutual-aid, echelon, place-class");
    expect_refused("--policy", "place-class|echelon", "mutual-aid, echelon, place-class");
    expect_refused("--policy", "", "mutual-aid, echelon, place-class");
    expect_refused("--mode", "Auto", "auto|recommend");
}

Test(config, a_text_fits_or_is_refused)
{
    char path[CONFIG_PATH_SIZE + 1];
    memset(path, 'x', sizeof path);
    path[CONFIG_PATH_SIZE - 1] = '\0';
    cr_expect(eq(int, load_flag("--map", path), STATUS_OK));
    path[CONFIG_PATH_SIZE - 1] = 'x';
    path[CONFIG_PATH_SIZE] = '\0';
    expect_refused("--map", path, "longer than 511 bytes");
}

Test(config, what_no_option_sees_alone_is_seen_together)
{
    expect_refused("--certificate", "a.pem", "certificate and key go together");
    expect_refused("--key", "a.key", "certificate and key go together");
    expect_refused("--queue-soft-bytes", "1048576", "below queue_hard_bytes");
    expect_refused("--assignments-max", "100", "at least units_max");
    expect_refused("--data", "", "data");
}

Test(config, the_day_starts_at_a_time_of_day)
{
    cr_expect(eq(int, load_flag("--day-starts", "23:59"), STATUS_OK));
    static const char *const bad[] = {"24:00", "12:60", "noon", "12", "12:00x", "-1:00", "1200"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_refused("--day-starts", bad[i], "HH:MM");
    }
}

Test(config, a_time_zone_is_a_known_one_and_no_path)
{
    cr_expect(eq(int, load_flag("--time-zone", "Asia/Shanghai"), STATUS_OK), "%s", error);
    static const char *const bad[] = {"../../etc/passwd", "/etc/passwd", "", "Asia Shanghai",
                                      "a.b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_refused("--time-zone", bad[i], "time zone");
    }
}

Test(config, an_error_says_where_it_stands)
{
    const char *path = given_file("port = 1\n\nport = x\n");
    cr_expect(
        eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, path), NULL), "%s", error);
    cr_expect(ne(ptr, strstr(error, ":3:"), NULL), "%s", error);

    char mode[] = "KUAIFAN_MODE=fast";
    char *const environment[] = {mode, NULL};
    cr_expect(eq(int, config_load(&config, NULL, environment, 0, NULL, error), STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "KUAIFAN_MODE"), NULL), "%s", error);

    expect_refused("--color", "red", "--color");
    const char *alone[] = {"--port"};
    cr_expect(eq(int, load_flags(1, alone), STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "--port needs a value"), NULL), "%s", error);
}

Test(config, a_file_that_is_not_there_is_named)
{
    cr_expect(eq(int, config_load(&config, "/nowhere/k.conf", no_environment, 0, NULL, error),
                 STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "/nowhere/k.conf"), NULL), "%s", error);
}

Test(config, a_directory_is_no_file_without_lines)
{
    cr_expect(
        eq(int, config_load(&config, "/tmp", no_environment, 0, NULL, error), STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "/tmp: illegal operation on a directory"), NULL), "%s", error);
}

Test(config, zero_bytes_of_a_lost_write_are_no_empty_lines)
{
    static const char zeros[] = "port = 9000\n\0\0\0\0\0\0\0\0";
    const size_t sizes[] = {sizeof zeros - 1, sizeof "port = 9000\n"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const char *path = given_bytes(zeros, sizes[i]);
        cr_expect(
            eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_BAD_INPUT));
        cr_expect(ne(ptr, strstr(error, ":2: the line has a zero byte"), NULL), "%s", error);
        unlink(path);
    }
}

Test(config, a_byte_order_mark_is_no_part_of_the_first_name)
{
    const char *path = given_file("\xef\xbb\xbfport = 9000\n");
    cr_assert(eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, config.port, 9000));
}

Test(config, the_shipped_policy_files_say_what_the_presets_say)
{
    static const char *const names[] = {"mutual-aid", "echelon", "place-class"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "policies/%s.json", names[i]);
        cr_assert(eq(int, load_flag("--policy", path), STATUS_OK), "%s", error);
        const uint64_t from_file = policy_digest(&config.policy_data);
        cr_expect(eq(int, strcmp(config.policy_data.name, names[i]), 0));
        cr_assert(eq(int, load_flag("--policy", names[i]), STATUS_OK), "%s", error);
        cr_expect(eq(u64, policy_digest(&config.policy_data), from_file), "%s", names[i]);
    }
}

Test(config, a_policy_file_that_is_wrong_is_named_with_the_place)
{
    expect_refused("--policy", "/nowhere/policy.json", "/nowhere/policy.json");
    expect_refused("--policy", "policies/", "policies/");
    const char *path = given_file("{\"name\":\"x\",\n \"clock_start\":\"noon\"}");
    expect_refused("--policy", path, "/clock_start");
    unlink(file_path);
    path = given_file("{\"name\":\n");
    expect_refused("--policy", path, "line 2");
    unlink(file_path);
}

Test(config, a_line_without_an_equals_sign_or_too_long_is_refused)
{
    const char *path = given_file("just words\n");
    cr_expect(
        eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "name = value"), NULL), "%s", error);
    unlink(file_path);

    static char longest[4096];
    memset(longest, 'y', sizeof longest - 2);
    memcpy(longest, "map = ", 6);
    longest[sizeof longest - 2] = '\n';
    path = given_file(longest);
    cr_expect(
        eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "too long"), NULL), "%s", error);
}

Test(config, the_description_is_a_config_file_that_loads)
{
    static char text[16384];
    const size_t size = config_describe(text, sizeof text);
    cr_assert(lt(sz, 1000, size));
    cr_assert(lt(sz, size, sizeof text - 1), "it is cut");
    for (char *comment = strchr(text, '#'); comment != NULL; comment = strchr(comment, '#')) {
        const size_t rest = strcspn(comment, "\n");
        memset(comment, ' ', rest);
    }
    const char *path = given_file(text);
    cr_expect(eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, config.port, 8135));
}

Test(config, a_description_that_does_not_fit_is_cut_with_its_end)
{
    char text[100];
    memset(text, 'x', sizeof text);
    const size_t size = config_describe(text, 50);
    cr_expect(lt(sz, size, 50));
    cr_expect(eq(chr, text[size], '\0'));
    cr_expect(eq(chr, text[50], 'x'));
}

Test(config, random_lines_never_do_worse_than_an_error)
{
    static const char letters[] = "port=modeunits_max =#\"\\%0129 \tx";
    struct prng prng = {.state = 7};
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    for (int i = 0; i < 300; i++) {
        char text[200];
        const uint32_t size = prng_below(&prng, sizeof text - 1);
        for (uint32_t k = 0; k < size; k++) {
            text[k] =
                prng_below(&prng, 20) == 0 ? '\n' : letters[prng_below(&prng, sizeof letters - 1)];
        }
        text[size] = '\0';
        const enum status status =
            config_load(&config, given_file(text), no_environment, 0, NULL, error);
        const bool says_why = strlen(error) > 0;
        cr_expect(eq(int, status == STATUS_OK, !says_why), "%s", error);
        unlink(file_path);
    }
}

Test(config, the_kinds_that_travel_as_emergency_cars_are_none_unless_named)
{
    static const struct {
        const char *line;
        uint32_t kinds;
    } cases[] = {{"port = 1\n", 0},
                 {"emergency_kinds = car\n", 1u << UNIT_CAR},
                 {"emergency_kinds = car+station\n", 1u << UNIT_CAR | 1u << UNIT_STATION}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = given_file(cases[i].line);
        cr_assert(eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_OK),
                  "%s", error);
        cr_expect(eq(u32, config_engine(&config, NULL).emergency_kinds, cases[i].kinds));
    }
    const char *path = given_file("emergency_kinds = foot\n");
    cr_expect(
        eq(int, config_load(&config, path, no_environment, 0, NULL, error), STATUS_BAD_INPUT));
}
