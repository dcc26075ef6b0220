//! The messages of the gRPC service, as `protoc` would make them of the same types as the WIT's.

use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub struct Pair {
    #[prost(uint32, tag = "1")]
    pub a: u32,
    #[prost(uint32, tag = "2")]
    pub b: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct Number {
    #[prost(uint64, tag = "1")]
    pub number: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Reading {
    #[prost(uint32, tag = "1")]
    pub sensor: u32,
    #[prost(uint64, tag = "2")]
    pub at: u64,
    #[prost(double, tag = "3")]
    pub value: f64,
    #[prost(float, tag = "4")]
    pub low: f32,
    #[prost(float, tag = "5")]
    pub high: f32,
    #[prost(uint32, tag = "6")]
    pub channel: u32,
    #[prost(sint32, tag = "7")]
    pub offset: i32,
    #[prost(bool, tag = "8")]
    pub valid: bool,
}

#[derive(Clone, PartialEq, Message)]
pub struct Readings {
    #[prost(message, repeated, tag = "1")]
    pub readings: Vec<Reading>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Text {
    #[prost(string, tag = "1")]
    pub text: String,
}

/// Bytes that are not copied when they are cloned or decoded.
#[derive(Clone, PartialEq, Message)]
pub struct Blob {
    #[prost(bytes = "bytes", tag = "1")]
    pub bytes: prost::bytes::Bytes,
}

#[derive(Clone, PartialEq, Message)]
pub struct Handle {
    #[prost(uint64, tag = "1")]
    pub handle: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Addition {
    #[prost(uint64, tag = "1")]
    pub handle: u64,
    #[prost(uint32, tag = "2")]
    pub number: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct Nothing {}
