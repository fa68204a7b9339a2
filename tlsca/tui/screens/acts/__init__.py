"""What can be done from the home screen: each family of acts in a module of its own, from the key to what its dialog answers."""
