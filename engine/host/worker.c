#include "engine/host/worker.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

/* On Linux a nice value is a thread's own: half a share, and a tenth of one, of the loop's. */
static const int nice_values[] = {[WORKER_SOMEBODY_WAITS] = 3, [WORKER_BACKGROUND] = 10};

struct job_list {
    struct worker_job *first;
    struct worker_job *last;
};

struct worker {
    uv_async_t async;
    pthread_t thread;
    enum worker_priority priority;
    bool started;
    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t work;
    struct job_list waiting;
    struct job_list finished;
    uint32_t waiting_count;
    uint32_t jobs_max;
    bool stopping;
};

static void push(struct job_list *list, struct worker_job *job)
{
    job->next = NULL;
    if (list->last == NULL) {
        list->first = job;
    } else {
        list->last->next = job;
    }
    list->last = job;
}

static struct worker_job *pop(struct job_list *list)
{
    struct worker_job *job = list->first;
    if (job != NULL) {
        list->first = job->next;
        list->last = list->first == NULL ? NULL : list->last;
    }
    return job;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    (void)setpriority(PRIO_PROCESS, 0,
                      nice_values[worker->priority]); /* refused: it runs as before */
    pthread_mutex_lock(&worker->lock);
    while (true) {
        struct worker_job *job = pop(&worker->waiting);
        if (job == NULL && worker->stopping) {
            break;
        }
        if (job == NULL) {
            pthread_cond_wait(&worker->work, &worker->lock);
            continue;
        }
        pthread_mutex_unlock(&worker->lock);
        job->run(job);
        pthread_mutex_lock(&worker->lock);
        worker->waiting_count--;
        push(&worker->finished, job);
        uv_async_send(&worker->async);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

static void finish_jobs(uv_async_t *async)
{
    struct worker *worker = async->data;
    pthread_mutex_lock(&worker->lock);
    struct worker_job *job = worker->finished.first;
    worker->finished = (struct job_list){0};
    pthread_mutex_unlock(&worker->lock);
    while (job != NULL) {
        struct worker_job *next = job->next;
        if (job->done != NULL) {
            job->done(job);
        } else {
            free(job);
        }
        job = next;
    }
}

enum status worker_create(uv_loop_t *loop, uint32_t jobs_max, enum worker_priority priority,
                          struct worker **out)
{
    *out = NULL;
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        return STATUS_NO_MEMORY;
    }
    worker->jobs_max = jobs_max;
    worker->priority = priority;
    worker->async.data = worker;
    if (uv_async_init(loop, &worker->async, finish_jobs) != 0) {
        free(worker);
        return STATUS_NO_MEMORY;
    }
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->work, NULL);
    if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
        uv_close((uv_handle_t *)&worker->async, NULL);
        return STATUS_NO_MEMORY; /* the handle lives until the loop has closed it */
    }
    worker->started = true;
    *out = worker;
    return STATUS_OK;
}

bool worker_submit(struct worker *worker, struct worker_job *job)
{
    assert(job->run != NULL);
    pthread_mutex_lock(&worker->lock);
    const bool takes = worker->waiting_count < worker->jobs_max && !worker->stopping;
    if (takes) {
        worker->waiting_count++;
        push(&worker->waiting, job);
        pthread_cond_signal(&worker->work);
    }
    pthread_mutex_unlock(&worker->lock);
    return takes;
}

uint32_t worker_waiting(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    const uint32_t count = worker->waiting_count;
    pthread_mutex_unlock(&worker->lock);
    return count;
}

void worker_stop(struct worker *worker)
{
    if (worker == NULL || !worker->started) {
        return;
    }
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_signal(&worker->work);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    worker->started = false;
    finish_jobs(&worker->async);
    uv_close((uv_handle_t *)&worker->async, NULL);
}

void worker_destroy(struct worker *worker)
{
    if (worker == NULL) {
        return;
    }
    assert(!worker->started);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->work);
    free(worker);
}
