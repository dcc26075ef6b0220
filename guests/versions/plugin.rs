//! Two versions of one interface, side by side.

use versions_sdk::{
    example_units_temperature_0_1_0 as old,
    example_units_temperature_0_2_0::{self as new, Scale},
};

struct Plugin;

impl old::Temperature for Plugin {
    fn to_fahrenheit(it: old::Reading) -> i32 {
        it.degrees * 9 / 5 + 32
    }

    fn describe(it: old::Reading) -> String {
        format!("{} °C", it.degrees)
    }
}

impl new::Temperature for Plugin {
    fn to_fahrenheit(it: new::Reading) -> Result<new::Reading, String> {
        match it.scale {
            Scale::Celsius => Ok(new::Reading {
                degrees: it.degrees * 9.0 / 5.0 + 32.0,
                scale: Scale::Fahrenheit,
            }),
            Scale::Fahrenheit => Err("it is in fahrenheit".to_owned()),
        }
    }

    fn describe(it: new::Reading) -> String {
        let unit = match it.scale {
            Scale::Celsius => "C",
            Scale::Fahrenheit => "F",
        };
        format!("{} °{unit}", it.degrees)
    }
}

versions_sdk::export!(Plugin);
