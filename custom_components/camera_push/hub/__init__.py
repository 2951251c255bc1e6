"""What is made of messages: cameras, known vehicles and persons, effects, and what is told."""
