"""Forms: options, known vehicles and persons."""
