/* What the fan-out costs the loop: publishing a report's events to units and ring, a console frame,
 * a snapshot of the city, a second of the keyed stream. The transport is a recording one, so
 * sockets are not in these figures.
 *
 *   bench_api [units [reports]] */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/api_given.h"

#define CONSOLES 5u

static struct given given;

static double now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *what, double samples[], size_t count)
{
    qsort(samples, count, sizeof samples[0], by_size);
    printf("%-34s p50 %8.1f us   p99 %8.1f us   n %zu\n", what, samples[count / 2],
           samples[count * 99 / 100], count);
}

static void fill(uint32_t units)
{
    for (uint32_t i = 0; i < units; i++) {
        const int32_t east_m = (int32_t)(i % 50) * 300 - 7500;
        const int32_t north_m = (int32_t)(i / 50) * 300 - 6000;
        given_unit(&given, i % 5 == 0 ? UNIT_POST : UNIT_CAR, east_m, north_m, 'A');
    }
    given_durable(&given);
}

int main(int argc, char **argv)
{
    const uint32_t units = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
    const uint32_t reports = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 500;
    if (units < 10 || units > 3500 || reports < 10 || reports > 4000) {
        fprintf(stderr, "units 10..3500, reports 10..4000\n");
        return 2;
    }
    double *publish = calloc(reports, sizeof *publish);
    double *flush = calloc(reports, sizeof *flush);
    double snapshot[20];
    double keyed[60];
    given_init(&given);
    given.world.config.limits.units_max = units;
    given.world.config.limits.incidents_max = reports + 10;
    given.world.config.limits.assignments_max = 8 * (reports + units);
    given.world.config.limits.alarms_max = 8 * reports;
    given.config.sessions_max = 4000;
    given.config.resume_bytes = 64u << 20;
    given_begin(&given);
    fill(units);
    given_user(&given, "li", ROLE_DISPATCHER, SCOPE_CITY, UNIT_NONE);
    for (uint32_t i = 0; i < CONSOLES; i++) {
        given_sub(&given, given_login(&given, "li"), "city");
    }
    given_user(&given, "phone", ROLE_UNIT, SCOPE_CITY, 0);
    for (uint32_t i = 0; i < units; i++) { /* a session for every unit */
        given.tokens[given.token_count - 1].identity.unit_id = i;
        given_sub(&given, given_login(&given, "phone"), "orders");
    }
    given_pass(&given, 100);
    const uint64_t start_seq = engine_seq(given.world.engine);
    for (uint32_t i = 0; i < reports; i++) {
        world_report(&given.world, INCIDENT_HELP, 2, (int32_t)(i * 37 % 150) * 100 - 7500,
                     (int32_t)(i * 53 % 120) * 100 - 6000);
        given_take(&given);
        const double start_us = now_us();
        given_durable(&given);
        publish[i] = now_us() - start_us;
        given.world.now_ms += 50;
        const double flush_us = now_us();
        api_tick(given.api, given.world.now_ms);
        flush[i] = now_us() - flush_us;
    }
    printf("%u units with a session each, %u consoles, %" PRIu64 " events of %u reports\n", units,
           CONSOLES, engine_seq(given.world.engine) - start_seq, reports);
    print("publish the events of a report", publish, reports);
    print("a tick with a console frame", flush, reports);
    for (uint32_t i = 0; i < 20; i++) {
        given_pass(&given, 1100); /* the one before is too old to share */
        const uint64_t id = given_login(&given, "li");
        const double start_us = now_us();
        given_sub(&given, id, "city");
        snapshot[i] = now_us() - start_us;
        fake_net_drop(given.net, id);
    }
    print("a snapshot of the city", snapshot, 20);
    const uint64_t id = given_login(&given, "li");
    given_sub(&given, id, "units");
    for (uint32_t i = 0; i < 60; i++) {
        given.world.now_ms += 1000;
        const double start_us = now_us();
        api_tick(given.api, given.world.now_ms);
        keyed[i] = now_us() - start_us;
    }
    print("a second of the keyed stream", keyed, 60);
    free(publish);
    free(flush);
    given_end(&given);
    return 0;
}
