/*
 * yaml_emit - nodes as a YAML text in block style.
 *
 * Owns: libyaml's emitter, and quotes around strings that would be read as something else.
 */
#ifndef SLIPWAY_BASE_YAML_EMIT_H
#define SLIPWAY_BASE_YAML_EMIT_H

#include "base/content.h"
#include "base/node.h"

/**
 * yaml_emit - write @document, which base/json read, to @sink: two spaces of indentation, texts of
 * several lines as literal blocks.
 *
 * Return: 0; what the sink returned; -EINVAL when libyaml refuses.
 */
int yaml_emit(struct document *document, struct content_sink *sink, struct error *err);

#endif
