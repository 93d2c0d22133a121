/*
 * json - JSON text into nodes, with the semantics of Go's encoding/json.
 *
 * Owns: the scanner, its syntax errors (Go's wording, because validators print them) and the
 * ceilings on depth and size.  One pass over one immutable buffer; repeated keys are kept in order,
 * so that a decoder can let later ones win.
 * Leaves to others: types and versions (config/decode), writing (base/text, config/encode).
 */
#ifndef SLIPWAY_BASE_JSON_H
#define SLIPWAY_BASE_JSON_H

#include "base/error.h"
#include "base/node.h"

/* Go's decoder refuses deeper nesting (encoding/json, maxNestingDepth). */
#define JSON_DEPTH_MAX 10000
/* Nodes count in 32 bits; a config of this size is refused long before (config/config.h). */
#define JSON_SIZE_MAX ((size_t)1 << 30)

/* Where and why a text is not JSON. */
struct json_error {
	/*
	 * Of the byte after the offending one, as upstream reports it; at least the text's length
	 * (upstream prints line 0 col 0) when that is the last, one more when the text ends early.
	 */
	size_t offset;
	char message[96]; /* "invalid character 'x' after object key", as Go words it */
};

/**
 * json_parse - read the whole text of @source.
 * @source: borrowed, must outlive the document
 * @ret: one document, freed with document_free(); set on success only
 * @ret_error: may be NULL; set on -EINVAL only
 *
 * Return: 0; -EINVAL on a syntax error (ERROR_INPUT); -EFBIG when the text exceeds JSON_SIZE_MAX.
 */
int json_parse(const struct source *source, struct document **ret, struct json_error *ret_error,
	       struct error *err);

#endif
