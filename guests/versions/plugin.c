// Two versions of one interface, side by side.
#include "versions.h"

int32_t example_units_temperature_0_1_0_to_fahrenheit(
    example_units_temperature_0_1_0_reading_t *it) {
  return it->degrees * 9 / 5 + 32;
}

void example_units_temperature_0_1_0_describe(
    example_units_temperature_0_1_0_reading_t *it,
    pw_string_t *ret) {
  *ret = pw_string_format("%d °C", it->degrees);
}

bool example_units_temperature_0_2_0_to_fahrenheit(
    example_units_temperature_0_2_0_reading_t *it,
    example_units_temperature_0_2_0_reading_t *ret,
    pw_string_t *err) {
  if (it->scale == EXAMPLE_UNITS_TEMPERATURE_0_2_0_SCALE_FAHRENHEIT) {
    *err = pw_string_copy("it is in fahrenheit");
    return false;
  }
  ret->degrees = it->degrees * 9 / 5 + 32;
  ret->scale = EXAMPLE_UNITS_TEMPERATURE_0_2_0_SCALE_FAHRENHEIT;
  return true;
}

void example_units_temperature_0_2_0_describe(
    example_units_temperature_0_2_0_reading_t *it,
    pw_string_t *ret) {
  bool is_celsius = it->scale == EXAMPLE_UNITS_TEMPERATURE_0_2_0_SCALE_CELSIUS;
  *ret = pw_string_format("%g °%c", it->degrees, is_celsius ? 'C' : 'F');
}
