//! Makes the client and the server of the gRPC service; the messages are in `src/grpc/messages.rs`.

use tonic_build::manual::{Builder, Method, Service};

fn method(
    route: &str,
    name: &str,
    input: &str,
    output: &str,
) -> tonic_build::manual::MethodBuilder {
    Method::builder()
        .name(name)
        .route_name(route)
        .input_type(format!("crate::grpc::messages::{input}"))
        .output_type(format!("crate::grpc::messages::{output}"))
        .codec_path("tonic_prost::ProstCodec")
}

fn main() {
    let service = Service::builder()
        .package("chain")
        .name("Chain")
        .method(method("Sum", "sum", "Pair", "Number").build())
        .method(method("OneReading", "one_reading", "Reading", "Reading").build())
        .method(method("Readings", "readings", "Readings", "Readings").build())
        .method(method("Text", "text", "Text", "Text").build())
        .method(method("Take", "take", "Blob", "Number").build())
        .method(method("EchoBytes", "echo_bytes", "Blob", "Blob").build())
        .method(method("Flow", "flow", "Blob", "Number").client_streaming().build())
        .method(method("Open", "open", "Number", "Handle").build())
        .method(method("Add", "add", "Addition", "Number").build())
        .method(method("Close", "close", "Handle", "Nothing").build())
        .build();
    Builder::new().compile(&[service]);
}
