module plugwright-sdk

go 1.26
