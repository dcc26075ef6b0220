//! A first plugin for the world `example:empty/empty`: put your own answers in.

use empty_sdk as _;
