#include "engine/host/metrics.h"

#include <stdarg.h>
#include <stdio.h>

struct page {
    char *text;
    size_t used, size;
};

static void put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct page *page, const char *format, ...)
{
    if (page->used + 1 >= page->size) {
        return;
    }
    const size_t room = page->size - page->used;
    va_list arguments;
    va_start(arguments, format);
    /* clang 14's analyzer does not see va_start.
     * NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
    const int wrote = vsnprintf(page->text + page->used, room, format, arguments);
    va_end(arguments);
    page->used += wrote < 0 ? 0 : (size_t)wrote;
    if (page->used >= page->size) {
        page->used = page->size - 1;
    }
}

static void counter(struct page *page, const char *name, const char *help, uint64_t value)
{
    put(page, "# TYPE kuaifan_%s counter\n# HELP kuaifan_%s %s\nkuaifan_%s_total %llu\n", name,
        name, help, name, (unsigned long long)value);
}

static void gauge(struct page *page, const char *name, const char *help, uint64_t value)
{
    put(page, "# TYPE kuaifan_%s gauge\n# HELP kuaifan_%s %s\nkuaifan_%s %llu\n", name, name, help,
        name, (unsigned long long)value);
}

static void put_wire(struct page *page, struct daemon *daemon)
{
    const struct net_counters *net = net_server_counters(daemon->server);
    const struct api_counters *api = api_counters(daemon->api);
    counter(page, "connections", "Connections accepted", net->connections);
    counter(page, "requests", "HTTP requests", net->requests);
    counter(page, "requests_refused", "HTTP requests refused by the transport", net->refused);
    counter(page, "messages_in", "WebSocket messages received", net->messages_in);
    counter(page, "bytes_in", "Bytes received", net->bytes_in);
    counter(page, "frames_out", "WebSocket frames sent", net->frames_out);
    counter(page, "bytes_out", "Bytes sent", net->bytes_out);
    counter(page, "positions_dropped", "Position frames not sent to slow connections",
            net->positions_dropped);
    counter(page, "evicted", "Connections closed because they were too slow", net->evicted);
    counter(page, "bad_messages", "WebSocket messages the transport refused", net->bad_messages);
    gauge(page, "sessions", "WebSocket sessions open", api->sessions);
    gauge(page, "consoles", "Sessions of dispatchers, supervisors and API clients", api->consoles);
    gauge(page, "unit_sessions", "Sessions of units", api->units);
    counter(page, "commands_malformed", "Messages that the decoder refused", api->malformed);
    counter(page, "commands_heard", "Commands that the decoder understood", api->commands);
    counter(page, "refusals", "Requests and messages refused: rights, places, keys, queues",
            api->refused);
    counter(page, "frames_encoded", "Frames encoded once for all their receivers",
            api->frames_encoded);
    counter(page, "snapshots", "Snapshots handed out", api->snapshots);
    counter(page, "resumed", "Streams resumed without a snapshot", api->resumed);
}

static void put_fullness(struct page *page, const struct engine *engine)
{
    static const struct {
        const char *used, *max;
    } names[] = {[ENGINE_INCIDENTS] = {"incidents_used", "incidents_max"},
                 [ENGINE_REPORTS] = {"reports_used", "reports_max"},
                 [ENGINE_ASSIGNMENTS] = {"assignments_used", "assignments_max"},
                 [ENGINE_ALARMS] = {"alarms_used", "alarms_max"}};
    for (uint32_t i = 0; i < ENGINE_STORE_COUNT; i++) {
        const struct engine_fill fill = engine_fill(engine, (enum engine_store)i);
        gauge(page, names[i].used, "Places taken until what they hold is archived", fill.count);
        gauge(page, names[i].max, "Places there are", fill.max);
    }
}

static void put_gateway(struct page *page, const struct daemon *daemon)
{
    const struct gateway_figures gateway = gateway_figures(daemon->gateway);
    counter(page, "gateway_sent", "Tries to hand an order to the gateway", gateway.sent);
    counter(page, "gateway_taken", "Orders that the gateway took", gateway.taken);
    counter(page, "gateway_failed", "Tries that failed", gateway.failed);
    counter(page, "gateway_given_up", "Orders that the gateway never took", gateway.given_up);
    gauge(page, "gateway_waiting", "Orders owed to the gateway", gateway.waiting);
    counter(page, "receipts", "Receipts of the gateway that were recorded", daemon->receipts);
    counter(page, "receipts_refused", "Receipts that were refused", daemon->receipts_refused);
    counter(page, "photos_stored", "Photos that were kept", daemon->photos_stored);
    counter(page, "photos_failed", "Photos that the disk did not take", daemon->photos_failed);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): it is written through the page */
size_t metrics_write(struct daemon *daemon, char *text, size_t size)
{
    struct page page = {.text = text, .size = size};
    const struct dispatch_figures dispatch = dispatch_figures(daemon->dispatch);
    const struct committer_figures committer = committer_figures(daemon->committer);
    const struct history_figures history = history_worker_figures(daemon->history);
    const struct identities_figures people = identities_figures(daemon->identities);

    gauge(&page, "journal_seq", "Newest event on the disk", dispatch_durable_seq(daemon->dispatch));
    counter(&page, "commands", "Commands executed", dispatch.commands);
    counter(&page, "commands_repeated", "Commands answered from memory", dispatch.repeated);
    counter(&page, "commands_refused", "Commands refused by a dispatch rule", dispatch.refused);
    counter(&page, "commands_busy", "Commands answered busy", dispatch.busy);
    counter(&page, "ticks", "Timer steps", dispatch.ticks);
    counter(&page, "batches", "Transactions written", committer.batches);
    counter(&page, "events", "Events written", committer.events);
    counter(&page, "commit_microseconds", "Time spent in transactions", committer.commit_us_sum);
    gauge(&page, "commit_microseconds_max", "Longest transaction", committer.commit_us_max);
    counter(&page, "snapshots_written", "Snapshots of the state", committer.snapshots);
    counter(&page, "digests_equal", "Times the shadow engine was found equal",
            committer.digests_equal);
    counter(&page, "disk_full_waits", "Tries that found the disk full", committer.full_waits);
    counter(&page, "alarms", "Alarms of the engine itself", daemon->alarms);
    uint32_t gap_alarms;
    gauge(&page, "alarms_open", "Alarms about incidents and circles whose cause stands",
          engine_alarm_count(daemon->engine, &gap_alarms));
    gauge(&page, "coverage_gap_alarms", "Those about a circle's tier that nobody could reach",
          gap_alarms);
    gauge(&page, "checkpoint_overdue_alarms", "Those about a checkpoint that nobody has visited",
          engine_overdue_count(daemon->engine));
    gauge(&page, "loop_busy_microseconds_max", "Longest time in which the loop heard nobody",
          daemon->busy_us_max);
    put_fullness(&page, daemon->engine);
    const int64_t gap_ms = daemon->clock.wall_gap_ms;
    gauge(&page, "clock_gap_milliseconds", "How far the machine's clock is from the engine's",
          (uint64_t)(gap_ms < 0 ? -gap_ms : gap_ms));
    gauge(&page, "disk_full", "1 while the disk is full", daemon->disk_full ? 1 : 0);
    gauge(&page, "history_seq", "Newest event in history", history.seq);
    gauge(&page, "history_waiting", "Batches and questions waiting for history", history.waiting);
    gauge(&page, "history_closed", "1 while history is below its disk guard",
          history.closed ? 1 : 0);
    counter(&page, "history_dropped", "Batches read again from the journal", history.dropped);
    counter(&page, "logins", "Logins", people.logins);
    counter(&page, "login_failures", "Failed logins", people.failures);
    counter(&page, "login_limited", "Logins refused by the rate limit", people.limited);
    gauge(&page, "tokens", "Valid tokens", people.tokens);
    gauge(&page, "certificate_ends_seconds", "When the certificate ends, since 1970; 0: none",
          (uint64_t)daemon->certificate.ends_ms / 1000);
    if (daemon->gateway != NULL) {
        put_gateway(&page, daemon);
    }
    put_wire(&page, daemon);
    put(&page, "# EOF\n");
    return page.used;
}
