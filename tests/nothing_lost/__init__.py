"""Whatever dies, and however badly an EMR behaves: what we hold becomes what is so, and every repair is counted."""
