#include <http_parser.h>

/* What Swift would read out of bit fields, whose layout is the library's own. */

static inline enum http_errno chttp_error(const http_parser *parser) { return HTTP_PARSER_ERRNO(parser); }
static inline unsigned chttp_method(const http_parser *parser) { return parser->method; }
static inline unsigned chttp_status(const http_parser *parser) { return parser->status_code; }
