"""What is compared on the same cases: one protocol, one file a system, one factory by name."""
