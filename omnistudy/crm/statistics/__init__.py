"""Intervals, survival and reliability: what several rooms of the customers' records compute with."""
