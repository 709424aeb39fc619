"""Recordings that others made, read: one file per layout. What is found here is data and nothing else.

A reader finds the calls below a path and gives each as legs to be written. It believes no size, no path and
no time that a file states, and names file and field of what it cannot take.
"""
