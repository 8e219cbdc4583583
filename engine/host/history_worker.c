#include "engine/host/history_worker.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/host/clock.h"
#include "engine/host/disk_room.h"
#include "engine/host/history_question.h"
#include "engine/host/log.h"
#include "engine/host/worker.h"
#include "engine/store/history.h"

#define TRIES_MAX      100u /* half a second */
#define TRY_WAIT_MS    5u
#define FEEDS_MAX      512u
#define QUESTIONS_MAX  64u
#define CHUNK_EVENTS   4096u
#define CHUNK_BYTES    (8u << 20)
#define FEED_BYTES_MAX ((size_t)64 << 20) /* of batches that wait; more are read again later */
#define BEHIND_MS      200                /* longer is a hole, not a batch on its way */
#define HOUR_US        ((int64_t)3600 * 1000000)
#define SAY_AGAIN_US   HOUR_US        /* the same words of one trouble: not sooner */
#define MAKE_AGAIN_US  (24 * HOUR_US) /* a disk that bends all is not fed all day */

/* What was said last, by one thread; it may come five times a second, for months. */
struct trouble {
    char text[256];
    int64_t said_us;
};

struct history_worker {
    struct history_worker_config config;
    struct history_worker_events events;
    void *context;
    char path[600];
    char directory[600];
    char photos[600];
    char epoch[40];
    struct history *history;       /* the feeder's; NULL: it could not be made anew yet */
    struct history_reader *reader; /* the reader's */
    uint32_t reader_made;          /* of which making it is */
    int64_t remade_us;             /* the feeder's; 0: it was not */
    struct trouble feeding, asking, catching;
    struct worker *feeder;
    struct worker *readers;
    struct committer *committer;
    bool reading_journal;     /* a catch-up chunk is on its way */
    uint64_t durable_seq;     /* as the loop knows it */
    uint64_t behind_seq;      /* `offered` when it was first found behind */
    int64_t behind_ms;        /* and since when */
    _Atomic uint64_t offered; /* given to the feeder without a hole up to here */
    _Atomic uint64_t seq;     /* written up to here */
    _Atomic uint64_t dropped;
    _Atomic size_t waiting_bytes;
    _Atomic bool closed;
    _Atomic bool damaged;  /* found by a feed or a question: it is to be made anew */
    _Atomic uint32_t made; /* how often it was */
};

static void say_trouble(struct trouble *trouble, const char *what, const char *error)
{
    const int64_t now_us = clock_mono_us();
    if (strcmp(trouble->text, error) == 0 && now_us - trouble->said_us < SAY_AGAIN_US) {
        return;
    }
    snprintf(trouble->text, sizeof trouble->text, "%s", error);
    trouble->said_us = now_us;
    log_write(LOG_ERROR, "%s: %s", what, error);
}

struct feed {
    struct worker_job job; /* first */
    struct history_worker *worker;
    struct event_list events;
    bool catches_up;
};

/* ---- Feeding ---- */

/* Below the guard history stops growing, so that the journal has the rest of the disk. */
static bool disk_is_low(const struct history_worker *worker)
{
    return disk_room_is_below(worker->directory, worker->config.disk_guard_mb);
}

/* All of it is in the journal. A question that runs meanwhile goes on reading what was removed, the
 * next one opens what is there. */
static void remake(struct history_worker *worker)
{
    char error[256] = "";
    if (worker->history != NULL) {
        if (worker->remade_us != 0 && clock_mono_us() - worker->remade_us < MAKE_AGAIN_US) {
            return;
        }
        log_write(LOG_ERROR, "history is damaged (%s): it is built again from the journal",
                  worker->feeding.text[0] == '\0' ? "a question found it" : worker->feeding.text);
        history_close(worker->history);
        worker->history = NULL;
        worker->remade_us = clock_mono_us();
    }
    enum status status = history_remove(worker->path, error);
    if (status == STATUS_OK) {
        status = history_open(worker->path, worker->epoch, &worker->history, error);
    }
    if (status != STATUS_OK) {
        say_trouble(&worker->feeding, "history", error);
        return;
    }
    worker->feeding.text[0] = '\0';
    worker->seq = 0;
    worker->damaged = false;
    worker->made++;
}

static enum status feed_history(struct history_worker *worker, const struct event_list *events)
{
    char error[256] = "";
    if (worker->history == NULL) {
        return STATUS_IO;
    }
    const enum status status = history_feed(worker->history, events, error);
    if (status != STATUS_OK && status != STATUS_STALE) {
        say_trouble(&worker->feeding, "history", error);
    }
    worker->damaged = worker->damaged || status == STATUS_CORRUPT;
    worker->seq = history_seq(worker->history);
    return status;
}

static void run_feed(struct worker_job *job)
{
    struct feed *feed = (struct feed *)job;
    struct history_worker *worker = feed->worker;
    const bool low = disk_is_low(worker);
    if (low && !worker->closed) {
        log_write(LOG_ERROR, "history is closed: below the guard of %u MB free disk",
                  worker->config.disk_guard_mb);
        worker->closed = true;
    }
    enum status status = STATUS_DISK_FULL;
    if (!low) {
        if (worker->damaged) {
            remake(worker);
        }
        status = feed_history(worker, &feed->events);
    }
    if (status != STATUS_OK) {
        worker->offered = worker->seq; /* what follows has a hole before it */
        worker->dropped++;
    }
    if (worker->history != NULL && worker_waiting(worker->feeder) <= 1) {
        history_idle(worker->history);
    }
    worker->waiting_bytes -= feed->events.size_max;
}

static void read_journal(struct history_worker *worker);

static void free_feed(struct feed *feed)
{
    event_list_finish(&feed->events);
    free(feed);
}

static void done_feed(struct worker_job *job)
{
    struct feed *feed = (struct feed *)job;
    struct history_worker *worker = feed->worker;
    if (feed->catches_up) {
        worker->reading_journal = false;
        read_journal(worker); /* the next piece, without waiting */
    }
    free_feed(feed);
}

static struct feed *new_feed(struct history_worker *worker, uint32_t records, size_t bytes)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL || event_list_init(&feed->events, records, bytes) != STATUS_OK) {
        free(feed);
        return NULL;
    }
    feed->job = (struct worker_job){.run = run_feed, .done = done_feed};
    feed->worker = worker;
    return feed;
}

/* On the writer thread only, so that what is offered is offered in order. */
static bool give_feed(struct history_worker *worker, struct feed *feed)
{
    const uint64_t last = feed->events.records[feed->events.count - 1].seq;
    worker->waiting_bytes += feed->events.size_max;
    worker->offered = last; /* before the feeder may say that it failed */
    if (worker_submit(worker->feeder, &feed->job)) {
        return true;
    }
    worker->offered = worker->seq;
    worker->waiting_bytes -= feed->events.size_max;
    worker->dropped++;
    free_feed(feed);
    return false;
}

void history_worker_committed(void *context, const struct batch *batch)
{
    struct history_worker *worker = context;
    const struct event_list *from = &batch->events;
    if (from->count == 0 || worker->closed || from->records[0].seq != worker->offered + 1) {
        return; /* closed, or a hole before it: read from the journal when its turn comes */
    }
    struct feed *feed = worker->waiting_bytes > FEED_BYTES_MAX
                            ? NULL
                            : new_feed(worker, from->count, from->size + EVENT_BODY_SIZE_MAX);
    if (feed == NULL) {
        worker->dropped++;
        return;
    }
    memcpy(feed->events.records, from->records, from->count * sizeof from->records[0]);
    memcpy(feed->events.bytes, from->bytes, from->size);
    feed->events.count = from->count;
    feed->events.size = from->size;
    (void)give_feed(worker, feed);
}

/* ---- Catching up ---- */

static bool take_event(void *context, const struct event_record *record, const uint8_t *body)
{
    struct event_list *list = context;
    if (list->count == list->records_max || list->size_max - list->size < record->body_size) {
        return false;
    }
    struct event_record *kept = &list->records[list->count++];
    *kept = *record;
    kept->body_offset = list->size;
    if (body != NULL) { /* not erased by law */
        memcpy(list->bytes + list->size, body, record->body_size);
    }
    list->size += record->body_size;
    return true;
}

/* On the writer thread, between commits. */
static enum status read_chunk(void *context, struct journal *journal, char error[256])
{
    struct history_worker *worker = context;
    struct feed *feed = new_feed(worker, CHUNK_EVENTS, CHUNK_BYTES);
    if (feed == NULL) {
        return STATUS_NO_MEMORY;
    }
    const enum status status =
        journal_read(journal, worker->offered + 1, take_event, &feed->events, error);
    if (status != STATUS_OK || feed->events.count == 0) {
        free_feed(feed);
        return status == STATUS_OK ? STATUS_NOT_FOUND : status;
    }
    feed->catches_up = true;
    return give_feed(worker, feed) ? STATUS_OK : STATUS_FULL;
}

static void chunk_read(void *context, enum status status, const char *error)
{
    struct history_worker *worker = context;
    if (status != STATUS_OK) {
        worker->reading_journal = false;
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND && status != STATUS_FULL) {
        say_trouble(&worker->catching, "history cannot catch up", error);
    }
}

static void read_journal(struct history_worker *worker)
{
    if (worker->committer == NULL || worker->closed || worker->offered >= worker->durable_seq) {
        return;
    }
    worker->reading_journal = committer_run(worker->committer, read_chunk, chunk_read, worker);
}

void history_worker_catch_up(struct history_worker *worker, struct committer *committer,
                             uint64_t durable_seq, int64_t now_ms)
{
    const uint64_t offered = worker->offered;
    worker->committer = committer;
    worker->durable_seq = durable_seq;
    if (offered >= durable_seq || worker->reading_journal) {
        return;
    }
    if (offered != worker->behind_seq || worker->behind_ms == 0) {
        worker->behind_seq = offered;
        worker->behind_ms = now_ms;
        return;
    }
    if (now_ms - worker->behind_ms < BEHIND_MS) {
        return;
    }
    worker->behind_ms = 0; /* also for a disk that is still low: asked again in a while */
    if (worker->closed && !disk_is_low(worker)) {
        log_write(LOG_WARNING, "history is open again: above the guard of %u MB free disk",
                  worker->config.disk_guard_mb);
        worker->closed = false;
    }
    read_journal(worker);
}

/* ---- Questions ---- */

static void run_question(struct worker_job *job)
{
    struct question *question = (struct question *)job;
    struct history_worker *worker = question->worker;
    const uint32_t made = worker->made;
    if (worker->reader_made != made) {
        history_reader_close(worker->reader);
        worker->reader = NULL;
    }
    worker->reader_made = made;
    if (worker->reader == NULL) {
        question->status = history_reader_open(worker->path, &worker->reader, question->error);
        if (question->status != STATUS_OK) {
            return;
        }
    }
    if (question->tries > 0) {
        uv_sleep(TRY_WAIT_MS);
    }
    question->seen_seq = worker->seq; /* before it looks: it sees at least as much */
    history_answer_run(question, worker->reader, &worker->config);
}

/* JSON, a spreadsheet or a terminal's table, as it was asked for. */
static void say_body(const struct question *question)
{
    struct history_worker *worker = question->worker;
    const bool is_patrol = question->kind == QUESTION_PATROL;
    const bool is_csv = question->csv || question->summary.format == SUMMARY_CSV ||
                        question->patrol.format == PATROL_CSV;
    const bool is_text =
        question->summary.format == SUMMARY_TEXT || question->patrol.format == PATROL_TEXT;
    const char *head = is_patrol
                           ? "Content-Disposition: attachment; filename=\"patrol.csv\"\r\n"
                           : "Content-Disposition: attachment; filename=\"response-times.csv\"\r\n";
    worker->events.reply(worker->context, question->request_id, 200,
                         is_csv    ? "text/csv; charset=utf-8"
                         : is_text ? "text/plain; charset=utf-8"
                                   : "application/json",
                         is_csv ? head : NULL, question->body.bytes, question->body.size);
}

static void say(struct question *question)
{
    struct history_worker *worker = question->worker;
    if (question->kind == QUESTION_ORDERED) {
        const bool has_all = question->seen_seq >= question->asked_seq;
        question->told(question->context, question->status != STATUS_NOT_FOUND || has_all
                                              ? question->status
                                              : STATUS_BUSY);
        return;
    }
    const uint64_t request_id = question->request_id;
    if (question->is_named &&
        (question->status == STATUS_NOT_FOUND || question->status == STATUS_CORRUPT)) {
        log_write(LOG_ERROR, "a photo of incident %u: %s", question->incident_id, question->error);
        worker->events.refused(worker->context, request_id, "not_found",
                               "the record names it, but its file is missing or was altered", NULL);
        return;
    }
    if (question->status == STATUS_NOT_FOUND) {
        worker->events.refused(worker->context, request_id, "not_found",
                               question->kind == QUESTION_PHOTO
                                   ? "there is no such photo in your scope"
                                   : "there is no such incident in your scope",
                               NULL);
        return;
    }
    if (question->status == STATUS_BAD_INPUT) {
        worker->events.refused(worker->context, request_id, "bad_request", question->error, NULL);
        return;
    }
    if (question->status != STATUS_OK || !proto_buffer_ok(&question->body)) {
        worker->damaged = worker->damaged || question->status == STATUS_CORRUPT;
        say_trouble(&worker->asking, "history question", question->error);
        worker->events.refused(worker->context, request_id, "busy",
                               "history cannot answer now; dispatch goes on", NULL);
        return;
    }
    if (question->kind == QUESTION_PHOTO) { /* what a name says never changes */
        worker->events.reply(worker->context, request_id, 200,
                             types_name(TYPES_PHOTO_MEDIA, question->media),
                             "Cache-Control: private, max-age=86400, immutable\r\n"
                             "Content-Security-Policy: default-src 'none'; sandbox\r\n",
                             question->photo, question->photo_size);
        return;
    }
    say_body(question);
}

/* Created a moment ago: it is on the disk, history has it any millisecond. What history had all of
 * by then is not asked twice, be it asked for as often as it may. */
static bool ask_again(struct question *question, const struct engine *engine)
{
    struct incident_view view;
    const bool is_of_incident = question->kind == QUESTION_INCIDENT ||
                                (question->kind == QUESTION_PHOTO && !question->is_named);
    const bool may_come =
        question->kind == QUESTION_ORDERED ||
        (is_of_incident && engine_incident(engine, question->incident_id, &view) &&
         access_scope_holds(question->filter.districts, view.district));
    if (question->status != STATUS_NOT_FOUND || !may_come || question->tries >= TRIES_MAX ||
        question->seen_seq >= question->asked_seq || question->worker->closed) {
        return false;
    }
    question->tries++;
    event_list_finish(&question->timeline);
    question->has_timeline = false;
    return worker_submit(question->worker->readers, &question->job);
}

static void done_question(struct worker_job *job)
{
    struct question *question = (struct question *)job;
    if (ask_again(question, question->worker->events.engine(question->worker->context))) {
        return;
    }
    history_answer_finish(question, question->worker->events.engine(question->worker->context));
    say(question);
    proto_buffer_finish(&question->body);
    free(question->photo);
    free(question);
}

void history_worker_photo(struct history_worker *worker, uint64_t request_id, uint32_t incident_id,
                          const uint8_t hash[PHOTO_HASH_SIZE], uint64_t districts)
{
    struct question *question = calloc(1, sizeof *question);
    if (question != NULL) {
        question->worker = worker;
        question->job = (struct worker_job){.run = run_question, .done = done_question};
        question->kind = QUESTION_PHOTO;
        question->request_id = request_id;
        question->asked_seq = engine_seq(worker->events.engine(worker->context));
        question->incident_id = incident_id;
        question->filter = history_reader_everything();
        question->filter.districts = districts;
        memcpy(question->hash, hash, PHOTO_HASH_SIZE);
    }
    if (question == NULL || !worker_submit(worker->readers, &question->job)) {
        worker->events.refused(worker->context, request_id, "busy",
                               "too many questions at once; ask again", NULL);
        free(question);
    }
}

bool history_worker_ordered(struct history_worker *worker, const struct history_order *order,
                            void (*told)(void *context, enum status status), void *context)
{
    struct question *question = calloc(1, sizeof *question);
    if (question == NULL) {
        return false;
    }
    question->worker = worker;
    question->job = (struct worker_job){.run = run_question, .done = done_question};
    question->kind = QUESTION_ORDERED;
    question->incident_id = order->incident_id;
    question->assignment_id = order->assignment_id;
    question->unit_id = order->unit_id;
    question->asked_seq = engine_seq(worker->events.engine(worker->context));
    question->filter = history_reader_everything();
    question->filter.districts = order->districts;
    question->told = told;
    question->context = context;
    const bool is_asked = worker_submit(worker->readers, &question->job);
    if (!is_asked) {
        free(question);
    }
    return is_asked;
}

void history_worker_request(struct history_worker *worker, const struct net_request *request,
                            const struct identity *by)
{
    char detail[256] = "";
    struct question *question = calloc(1, sizeof *question);
    if (question == NULL) {
        worker->events.refused(worker->context, request->id, "busy", "not enough memory", NULL);
        return;
    }
    question->worker = worker;
    question->job = (struct worker_job){.run = run_question, .done = done_question};
    const struct engine *engine = worker->events.engine(worker->context);
    question->asked_seq = engine_seq(engine);
    if (!history_question_parse(question, request, by, engine, detail)) {
        worker->events.refused(worker->context, request->id, "bad_request", detail, NULL);
        free(question);
    } else if (!worker_submit(worker->readers, &question->job)) {
        worker->events.refused(worker->context, request->id, "busy",
                               "too many questions at once; ask again", NULL);
        free(question);
    }
}

/* ---- Life cycle ---- */

enum status history_worker_create(uv_loop_t *loop, const struct history_worker_config *config,
                                  const struct history_worker_events *events, void *context,
                                  struct history_worker **out, char error[256])
{
    *out = NULL;
    struct history_worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        snprintf(error, 256, "out of memory");
        return STATUS_NO_MEMORY;
    }
    worker->config = *config;
    worker->events = *events;
    worker->context = context;
    snprintf(worker->path, sizeof worker->path, "%s", config->path);
    snprintf(worker->epoch, sizeof worker->epoch, "%s", config->epoch);
    snprintf(worker->directory, sizeof worker->directory, "%s", config->directory);
    snprintf(worker->photos, sizeof worker->photos, "%s", config->photos);
    worker->config.photos = worker->photos;
    enum status status = history_open(worker->path, config->epoch, &worker->history, error);
    if (status == STATUS_STALE || status == STATUS_CORRUPT) {
        log_write(LOG_WARNING, "%s; it is built again from the journal", error);
        status = history_remove(worker->path, error);
        if (status == STATUS_OK) {
            status = history_open(worker->path, config->epoch, &worker->history, error);
        }
    }
    if (status == STATUS_OK) {
        worker->seq = history_seq(worker->history);
        worker->offered = worker->seq;
        status = worker_create(loop, FEEDS_MAX, WORKER_BACKGROUND, &worker->feeder);
    }
    if (status == STATUS_OK) {
        status = worker_create(loop, QUESTIONS_MAX, WORKER_BACKGROUND, &worker->readers);
    }
    *out = worker; /* also when half made: stop and destroy take it */
    return status;
}

struct history_figures history_worker_figures(struct history_worker *worker)
{
    return (struct history_figures){.seq = worker->seq,
                                    .dropped = worker->dropped,
                                    .waiting = worker_waiting(worker->feeder) +
                                               worker_waiting(worker->readers),
                                    .closed = worker->closed};
}

void history_worker_stop(struct history_worker *worker)
{
    if (worker == NULL) {
        return;
    }
    worker->committer = NULL; /* gone: what is missing is read at the next start */
    worker_stop(worker->feeder);
    worker_stop(worker->readers);
}

void history_worker_destroy(struct history_worker *worker)
{
    if (worker == NULL) {
        return;
    }
    worker_destroy(worker->feeder);
    worker_destroy(worker->readers);
    history_reader_close(worker->reader);
    history_close(worker->history);
    free(worker);
}
