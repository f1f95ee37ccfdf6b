"""The suites: each turns a case into a record, for any system that has what its cases need."""
