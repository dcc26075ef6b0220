"""Tests of what every SDK ships."""
