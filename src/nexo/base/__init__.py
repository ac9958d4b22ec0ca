"""What every room stands on: errors, places, parameters, and results written whole."""
