"""Where conversations are kept: rows in the catalog, files in the object store.

It must not know sockets, wires or faces, and holds nothing that cannot be rebuilt but keys.
"""
