"""The command line: one file a command, thin; everything heavy is imported inside the commands."""
