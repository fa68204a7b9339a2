"""What a certificate is. Pure: bytes and values in, bytes and values out; no files, sockets, clock or Textual."""
