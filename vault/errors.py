"""What can go wrong with a secret, said without the secret."""


class VaultError(Exception):
    """A sealed text cannot be opened or made. The message never holds plaintext, ciphertext or key material."""
