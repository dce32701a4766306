"""What a person or a machine may do, one file a noun."""
