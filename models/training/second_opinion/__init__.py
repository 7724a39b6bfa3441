"""A second opinion on models/training/expressions: values worked out again, by other rules than the product's.

Each module reads what it can read for certain and says nothing about the rest.
"""
