"""What needs neither Home Assistant nor a network: messages, ids, times, plates, file kinds."""
