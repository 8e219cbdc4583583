#ifndef ENGINE_HOST_LOG_H
#define ENGINE_HOST_LOG_H

/* Lines for the operator, on stderr: time, level, sentence. Only the host logs; one line is one
 * write, so threads do not mix. Never a name, a phone number or a token. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_set_level(enum log_level level);
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
