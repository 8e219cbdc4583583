/* worker: one thread, a bounded queue, every job done once and in order. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "engine/host/worker.h"

#define JOBS_MAX 8u

static uv_loop_t loop;
static struct worker *worker;
static uv_sem_t gate; /* a job that waits here keeps the thread busy */
static uv_sem_t arrived;
static uint32_t run_order[64];
static _Atomic uint32_t run_count;
static uint32_t done_order[64];
static uint32_t done_count;

struct numbered {
    struct worker_job job; /* first */
    uint32_t number;
    bool waits;
};

static void set_up(void)
{
    run_count = 0;
    done_count = 0;
    cr_assert(eq(int, uv_loop_init(&loop), 0));
    cr_assert(eq(int, uv_sem_init(&gate, 0), 0));
    cr_assert(eq(int, uv_sem_init(&arrived, 0), 0));
    cr_assert(eq(int, worker_create(&loop, JOBS_MAX, WORKER_SOMEBODY_WAITS, &worker), STATUS_OK));
}

static void tear_down(void)
{
    worker_stop(worker);
    uv_run(&loop, UV_RUN_DEFAULT);
    worker_destroy(worker);
    worker = NULL;
    cr_assert(eq(int, uv_loop_close(&loop), 0));
    uv_sem_destroy(&gate);
    uv_sem_destroy(&arrived);
}

TestSuite(worker, .init = set_up, .fini = tear_down, .timeout = 20);

static void run(struct worker_job *job)
{
    const struct numbered *numbered = (struct numbered *)job;
    if (numbered->waits) {
        uv_sem_post(&arrived);
        uv_sem_wait(&gate);
    }
    run_order[run_count++] = numbered->number;
}

static void done(struct worker_job *job)
{
    done_order[done_count++] = ((struct numbered *)job)->number;
    free(job);
}

static bool submit(uint32_t number, bool waits)
{
    struct numbered *numbered = calloc(1, sizeof *numbered);
    cr_assert(ne(ptr, (void *)numbered, NULL));
    *numbered =
        (struct numbered){.job = {.run = run, .done = done}, .number = number, .waits = waits};
    const bool taken = worker_submit(worker, &numbered->job);
    if (!taken) {
        free(numbered);
    }
    return taken;
}

/* The thread holds job 0 in its hands and the queue is empty. */
static void given_a_busy_worker(void)
{
    cr_assert(submit(0, true));
    uv_sem_wait(&arrived);
}

static void run_loop_until(uint32_t count)
{
    while (done_count < count) {
        uv_run(&loop, UV_RUN_ONCE);
    }
}

Test(worker, jobs_run_and_are_done_in_the_order_they_came)
{
    given_a_busy_worker();
    for (uint32_t i = 1; i < JOBS_MAX; i++) {
        cr_assert(submit(i, false));
    }
    uv_sem_post(&gate);
    run_loop_until(JOBS_MAX);
    for (uint32_t i = 0; i < JOBS_MAX; i++) {
        cr_expect(eq(u32, run_order[i], i));
        cr_expect(eq(u32, done_order[i], i));
    }
}

Test(worker, the_job_past_its_room_is_refused_and_stays_the_callers)
{
    given_a_busy_worker();
    for (uint32_t i = 1; i < JOBS_MAX; i++) {
        cr_assert(submit(i, false));
    }
    cr_expect(eq(u32, worker_waiting(worker), JOBS_MAX));
    cr_expect(not(submit(99, false)));
    uv_sem_post(&gate);
    run_loop_until(JOBS_MAX);
    cr_expect(eq(u32, worker_waiting(worker), 0));
    cr_expect(submit(100, false), "there is room again");
    run_loop_until(JOBS_MAX + 1);
}

Test(worker, a_stop_runs_what_waits_and_says_so)
{
    given_a_busy_worker();
    cr_assert(submit(1, false));
    cr_assert(submit(2, false));
    uv_sem_post(&gate);
    worker_stop(worker);
    cr_expect(eq(u32, done_count, 3));
    cr_expect(not(submit(3, false)), "a stopped one takes nothing");
}

Test(worker, a_job_for_which_nobody_waits_is_freed)
{
    struct numbered *numbered = calloc(1, sizeof *numbered);
    cr_assert(ne(ptr, (void *)numbered, NULL));
    numbered->job.run = run;
    cr_assert(worker_submit(worker, &numbered->job)); /* a leak would be told by the sanitizer */
    worker_stop(worker);
    cr_expect(eq(u32, run_count, 1));
}

Test(worker, stopping_twice_or_destroying_nothing_harms_nobody)
{
    worker_stop(worker);
    worker_stop(worker);
    worker_stop(NULL);
    worker_destroy(NULL);
}

struct priority_job {
    struct worker_job job; /* first */
    int nice;
};

static void note_priority(struct worker_job *job)
{
    ((struct priority_job *)job)->nice = getpriority(PRIO_PROCESS, 0); /* this thread's */
}

static void keep(struct worker_job *job)
{
    (void)job;
}

static int nice_of(enum worker_priority priority)
{
    struct worker *other = NULL;
    uv_loop_t alone;
    cr_assert(eq(int, uv_loop_init(&alone), 0));
    cr_assert(eq(int, worker_create(&alone, 1, priority, &other), STATUS_OK));
    struct priority_job job = {.job = {.run = note_priority, .done = keep}, .nice = -1};
    cr_assert(worker_submit(other, &job.job));
    worker_stop(other);
    uv_run(&alone, UV_RUN_DEFAULT);
    worker_destroy(other);
    cr_assert(eq(int, uv_loop_close(&alone), 0));
    return job.nice;
}

Test(worker, whom_somebody_waits_for_goes_before_the_background_and_after_the_loop)
{
    const int own = getpriority(PRIO_PROCESS, 0);
    if (own != 0) {
        cr_skip_test("this machine runs tests at nice %d", own);
    }
    const int waited_for = nice_of(WORKER_SOMEBODY_WAITS);
    cr_expect(lt(int, own, waited_for));
    cr_expect(lt(int, waited_for, nice_of(WORKER_BACKGROUND)));
}
