"""What owners are told of their connections, in the transaction in which it happened.

Nothing of it names a private event, a calendar or an account: a mail passes other people's servers (I16).
"""
