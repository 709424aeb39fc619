"""The files that are made of a conversation when it has ended: the names of documents, and their version."""

FILES_VERSION = 8  # raised whenever files would come out otherwise: then all are made again
DOCUMENT, TEXT = "conversation.json", "summary.txt"
SUMMARY, EXTRACTION = "summary.json", "extraction.json"
HEALTH, ANALYTICS, FIGURES = "health.json", "analytics.json", "figures.json"
LAST_MADE = FIGURES  # once this one is there, all are
