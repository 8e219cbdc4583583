#include "engine/host/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "engine/host/clock.h"

#define LINE_SIZE 1024

static _Atomic int level_min = LOG_INFO;

void log_set_level(enum log_level level)
{
    level_min = (int)level;
}

void log_write(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    if ((int)level < level_min) {
        return;
    }
    const int64_t now_ms = clock_wall_ms();
    const time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);

    char line[LINE_SIZE];
    size_t used = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
    used += (size_t)snprintf(line + used, sizeof line - used, ".%03dZ %s ", (int)(now_ms % 1000),
                             names[level]);
    va_list arguments;
    va_start(arguments, format);
    const int wanted = vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    va_end(arguments);
    used += wanted < 0 ? 0 : (size_t)wanted;
    if (used > sizeof line - 2) {
        used = sizeof line - 2; /* cut, but still one line */
    }
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0) {
        return; /* nowhere left to say it */
    }
}
