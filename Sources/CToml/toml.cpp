// The one file that knows toml++.

#include "CToml.h"

#include <algorithm>
#include <new>
#include <string>
#include <string_view>
#include <vector>

// Mistakes in a text are values, not exceptions; memory that is not to be had stays one, and is caught below.
#define TOML_EXCEPTIONS 0
// The library goes down into what lies in each other by recursion; it has room for no more in a small thread.
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

namespace {

struct owner {
  ctoml_document document{};
  toml::table table;
  std::vector<ctoml_node> nodes;
  std::string error;

  ctoml_document *refuse(std::string_view why, toml::source_position where) {
    error.assign(why);
    document.error = error.data();
    document.error_length = error.size();
    document.line = where.line;
    document.column = where.column;
    return &document;
  }
};

// Each part of a dotted key is a table in a table, and the library puts no bound on those: it would run out of stack
// when it lets go of them. So lines with more dots than any key needs are refused before it sees them. Dots behind each
// other are in no key, so that a comment may have a row of them.
constexpr std::size_t most_parts = 64;

bool has_endless_key(std::string_view text, toml::source_position &where) {
  std::uint32_t line = 1, column = 0;
  std::size_t dots = 0;
  bool after_dot = false;
  for (char byte : text) {
    // Bytes that go on with a character are none of their own.
    if ((byte & 0xC0) != 0x80) ++column;
    if (byte == '\n') {
      ++line;
      column = 0;
      dots = 0;
      after_dot = false;
    } else if (byte == '.') {
      if (!after_dot && ++dots >= most_parts) {
        where = {line, column};
        return true;
      }
      after_dot = true;
    } else if (byte != ' ' && byte != '\t') {
      after_dot = false;
    }
  }
  return false;
}

int kind(const toml::node &node) {
  switch (node.type()) {
    case toml::node_type::table: return CTOML_TABLE;
    case toml::node_type::array: return CTOML_ARRAY;
    case toml::node_type::string: return CTOML_STRING;
    case toml::node_type::integer: return CTOML_INTEGER;
    case toml::node_type::floating_point: return CTOML_FLOAT;
    case toml::node_type::boolean: return CTOML_BOOLEAN;
    default: return CTOML_MOMENT;
  }
}

class walk {
 public:
  walk(std::vector<ctoml_node> &nodes, std::size_t depth) : nodes(nodes), depth(depth) {}

  /// Where the first value lies that is too deep, when `visit` answered false.
  toml::source_position where{};

  bool visit(const toml::node &node, const toml::key *key, std::size_t level) {
    where = node.source().begin;
    if (level > depth) return false;
    ctoml_node entry{};
    entry.kind = kind(node);
    entry.line = where.line;
    entry.column = where.column;
    if (key) {
      entry.key = key->data();
      entry.key_length = key->length();
      entry.key_line = key->source().begin.line;
      entry.key_column = key->source().begin.column;
    }
    if (auto string = node.as_string()) {
      entry.text = string->get().data();
      entry.text_length = string->get().size();
    } else if (auto integer = node.as_integer()) {
      entry.integer = integer->get();
    } else if (auto number = node.as_floating_point()) {
      entry.number = number->get();
    } else if (auto boolean = node.as_boolean()) {
      entry.integer = boolean->get() ? 1 : 0;
    } else if (auto table = node.as_table()) {
      entry.count = table->size();
    } else if (auto array = node.as_array()) {
      entry.count = array->size();
    }
    nodes.push_back(entry);
    if (auto table = node.as_table()) return visit_all(*table, level);
    if (auto array = node.as_array()) {
      for (const toml::node &element : *array) {
        if (!visit(element, nullptr, level + 1)) return false;
      }
    }
    return true;
  }

 private:
  /// In the order in which the keys stand in the text; the library has them in that of the alphabet.
  bool visit_all(const toml::table &table, std::size_t level) {
    struct member {
      const toml::key *key;
      const toml::node *node;
    };
    std::vector<member> members;
    members.reserve(table.size());
    for (auto at = table.cbegin(); at != table.cend(); ++at) members.push_back({&at->first, &at->second});
    std::sort(members.begin(), members.end(), [](const member &one, const member &other) {
      return one.key->source().begin < other.key->source().begin;
    });
    for (const member &one : members) {
      if (!visit(*one.node, one.key, level + 1)) return false;
    }
    return true;
  }

  std::vector<ctoml_node> &nodes;
  std::size_t depth;
};

}  // namespace

extern "C" ctoml_document *ctoml_read(const char *text, size_t length, size_t depth) {
  owner *made = nullptr;
  try {
    made = new owner;
    std::string_view whole(text ? text : "", text ? length : 0);
    toml::source_position where{1, 1};
    if (has_endless_key(whole, where)) return made->refuse("a key has too many parts", where);
    toml::parse_result parsed = toml::parse(whole);
    if (!parsed) return made->refuse(parsed.error().description(), parsed.error().source().begin);
    made->table = std::move(parsed).table();
    walk way(made->nodes, depth);
    if (!way.visit(made->table, nullptr, 0)) return made->refuse("this lies in too many others", way.where);
    made->document.nodes = made->nodes.data();
    made->document.count = made->nodes.size();
    return &made->document;
  } catch (...) {
    delete made;
    return nullptr;
  }
}

extern "C" void ctoml_free(ctoml_document *document) {
  // It is the first member of its owner.
  delete reinterpret_cast<owner *>(document);
}
