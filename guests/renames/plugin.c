// Functions of two worlds.
#include "renames.h"

void renames_begin(uint8_t speed, pw_string_t *ret) {
  *ret = pw_string_format("at speed %u", speed);
}

void renames_finish(pw_string_t *ret) {
  *ret = pw_string_copy("stopped");
}

uint32_t renames_start_lap(pw_string_t *lap) {
  uint32_t length = (uint32_t)lap->len;
  pw_string_free(lap);
  return length;
}

void renames_reset(void) {}

uint32_t state_steps(void) {
  return 0;
}
