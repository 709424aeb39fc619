"""What other programs and people are told: webhooks of ours, mail and chat; durable, signed, tried again.

Knows no conversation: it carries documents to addresses of the configuration.
"""
