//! A first plugin for the world `example:resources/resources@1.2.3`: put your own answers in.

use resources_sdk::buckets;

struct Plugin;

struct MyBucket;

impl buckets::Buckets for Plugin {
    type Bucket = MyBucket;

    fn pour(_from: buckets::BucketBorrow<'_>, _to: buckets::BucketBorrow<'_>) -> u32 {
        0
    }

    fn take(_it: buckets::Bucket) -> Vec<u32> {
        Vec::new()
    }
}

impl buckets::BucketResource for MyBucket {
    fn new(_size: u32) -> Result<Self, buckets::Refusal> {
        Ok(Self)
    }

    fn put(&self, _litres: u32) -> Result<(), buckets::Refusal> {
        Ok(())
    }

    fn level(&self) -> u32 {
        0
    }

    fn largest(_of: Vec<buckets::Bucket>) -> Option<buckets::Bucket> {
        None
    }

    fn count(&self, _using: &buckets::Counter) {}
}

resources_sdk::export!(Plugin);
