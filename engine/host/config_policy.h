#ifndef ENGINE_HOST_CONFIG_POLICY_H
#define ENGINE_HOST_CONFIG_POLICY_H

#include "engine/core/policy.h"

/* The policy that the configuration names: a preset, or a file with JSON in it. STATUS_BAD_INPUT:
 * `error` says which file, where in it and what is wrong there. */
MUST_CHECK enum status config_policy_load(const char *name_or_path, struct policy *policy,
                                          char error[512]);

#endif
