"""What is done to feedback: one stage a file, no stage knows another."""
