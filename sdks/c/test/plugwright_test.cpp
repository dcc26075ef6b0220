// The same header in C++: it compiles, links and does the same.
#include "plugwright.h"

struct list_t {
  pw_string_t *ptr;
  size_t len;
};

int main() {
  list_t list = {};
  PW_PUSH(&list, pw_string_copy("one"));
  PW_PUSH(&list, pw_string_format("%d", 2));
  PW_ASSERT(list.len == 2 && pw_string_is(&list.ptr[1], "2"));
  return 0;
}
