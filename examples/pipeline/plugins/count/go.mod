module count

go 1.26

require stage-sdk v0.0.0

replace stage-sdk => ../../sdk/go
