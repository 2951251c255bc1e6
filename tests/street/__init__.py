"""A week of a street that is simulated: who passes its gate, and who may."""
