#ifndef ENGINE_NET_TRANSLATE_POLICY_H
#define ENGINE_NET_TRANSLATE_POLICY_H

#include "engine/core/policy.h"
#include "proto/proto_policy.h"

/* A policy of the wire as the core's and back: the same numbers under the names of either side. */
void translate_policy_from(const struct proto_policy *from, struct policy *to);
void translate_policy_to(const struct policy *from, struct proto_policy *to);

#endif
