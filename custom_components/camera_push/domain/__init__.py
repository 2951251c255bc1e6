"""Messages, ids, times, plates, file kinds: without Home Assistant or a network."""
