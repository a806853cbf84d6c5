public import ArgumentParser
public import Jobs

// Words of the jobs that are words of the command line as well.

extension CatJob.Form: ExpressibleByArgument {}
extension IngestJob.Payload: ExpressibleByArgument {}
